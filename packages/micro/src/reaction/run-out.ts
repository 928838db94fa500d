/**
 * What runs out by itself: a timer is set for it when it begins, and it ends when nats-server says that it is time.
 *
 * A timer is a hint. Which moment counts is asked of the aggregate, whenever a timer is set and whenever one falls due;
 * whether it has come is nats-server's to say, by whose clock grants run out too.
 */
import type { AccountKey, EventsContract, IdOf } from "@natster/contracts";
import type { TimersContract } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Aggregate, Decide, Recorded } from "../events/aggregate.ts";
import type { EventLog } from "../events/event-log.ts";
import type { Logger } from "../service/log.ts";
import type { RunningReaction } from "./react-to-each.ts";
import { runReaction } from "./reaction.ts";
import { type Due, runTimers, setTimer } from "./timers.ts";

/** What runs out of an aggregate, and how it ends. */
export interface RunningOut<E extends EventsContract, S> {
  readonly timers: TimersContract & { readonly of: E };
  readonly aggregate: Aggregate<E, S>;
  /** Whether an event begins something that runs out. */
  readonly begins: (event: Recorded<E>) => boolean;
  /** When what stands runs out, in milliseconds since 1970; undefined where nothing does. */
  readonly at: (state: S) => number | undefined;
  /** What is recorded where it has run out by a moment, in milliseconds since 1970. */
  readonly end: (by: number) => Decide<E, S>;
  /** In whose name; undefined where the log knows nothing of it. */
  readonly owner: (id: IdOf<E>) => AccountKey | undefined | Promise<AccountKey | undefined>;
}

/** What ends by itself, for as long as this is not disposed of. */
export interface Ending extends AsyncDisposable {
  /** The setting of timers, and what is done when they are due, by the names of their durables. */
  readonly reactions: Readonly<Record<string, RunningReaction>>;
}

/** Ends what runs out, once it has. */
export async function runOut<E extends EventsContract, S>(
  { timers, aggregate, begins, at, end, owner }: RunningOut<E, S>,
  { connection, log, events }: { readonly connection: NatsConnection; readonly log: Logger; readonly events: EventLog },
): Promise<Ending> {
  const set = (id: IdOf<E>, moment: number) => setTimer(connection, timers.of, id, new Date(moment));

  /** Sets the timer for what stands now, and looks again: another process may have set an older one meanwhile. */
  const begin = async (id: IdOf<E>, event: Recorded<E>): Promise<void> => {
    if (!begins(event)) return;
    for (let was: number | undefined; ;) {
      const { state, last } = await events.load(aggregate, id);
      if (last < event.sequence) throw new Error("a replica trails behind what it told of");
      const moment = at(state);
      if (moment === undefined || moment === was) return;
      await set(id, moment);
      was = moment;
    }
  };

  /** Ends what has run out; what has not by then, since the timer was an older one, has its timer set again. */
  const fallDue = async (id: IdOf<E>, { sequence, time }: Due): Promise<void> => {
    const account = await owner(id);
    if (!account) return;
    let moment: number | undefined;
    const decide = (state: S) => {
      moment = at(state);
      return end(time)(state);
    };
    const caller = { account, newcomer: false, administrator: false };
    // By its sequence alone a timer has a namesake in a stream that was made anew.
    const command = { id: `due-${sequence}-${time}`, name: `${timers.service}.expire`, caller, follows: true } as const;
    await events.append(aggregate, id, decide, command);
    if (moment !== undefined && moment > time) await set(id, moment);
  };

  await using running = new AsyncDisposableStack();
  const setting = running.use(await runReaction(timers.setBy, timers.of, { connection, log }, begin));
  const due = running.use(await runTimers(timers, { connection, log }, fallDue));
  const ending = running.move();
  return {
    reactions: { [timers.setBy.name]: setting, [timers.name]: due },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}
