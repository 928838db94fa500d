/** Taking turns: what one device asks keeps others waiting for a few of its commands at the most. */
import type { Command } from "../service/command.ts";
import { kitRefusal } from "../service/refusal.ts";

/** How many commands of one device are decided at once, and how many may wait for that. */
const most = { decided: 2, waiting: 1_024 } as const;

/** A device's commands: how many are being decided, and those that wait. */
interface Lane {
  busy: number;
  readonly waiting: (() => void)[];
}

/**
 * Lets the commands of each device be decided a few at a time, in the order in which they came: whoever decides reads all
 * that ever happened to an aggregate, and one to which much has happened would take all there is of a service. What nobody
 * asked for, and newcomers, who are nobody in particular, wait for nothing. Throws the refusal `too_many_requests`.
 */
export function inTurn(): <T>(command: Command, work: () => Promise<T>) => Promise<T> {
  const lanes = new Map<string, Lane>();
  return async ({ caller, follows }, work) => {
    if (follows || caller.newcomer) return work();
    // By device: one that asks without end keeps no other of its account from revoking it.
    const who = caller.user ?? caller.account;
    const lane = lanes.get(who) ?? { busy: 0, waiting: [] };
    lanes.set(who, lane);
    if (lane.busy < most.decided) lane.busy++;
    else if (lane.waiting.length >= most.waiting) throw kitRefusal("too_many_requests");
    else await new Promise<void>((admit) => lane.waiting.push(admit));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else if (--lane.busy === 0) lanes.delete(who);
    }
  };
}
