/** What administrators decide about a projection: an aggregate of its own, so that no two decisions cross. */
import type { EventOf } from "@natster/contracts";
import { projectionEvents } from "@natster/contracts/ops";
import { defineAggregate } from "./aggregate.ts";
import { kitRefusal, type Refusal } from "../service/refusal.ts";

export interface Decisions {
  /** Where the last one is in the log. */
  readonly last: number;
  readonly skipped: Set<number>;
}

type Decision = EventOf<typeof projectionEvents>;

const none = new Set<number>();

export const decisions = defineAggregate({
  events: projectionEvents,
  initial: { last: 0, skipped: none },
  // Whoever begins gets a set of their own, which goes on from event to event: a copy for each would take ever longer.
  evolve: ({ skipped }, { type, data, sequence }): Decisions => ({
    last: sequence,
    skipped: type === "skipped" ? (skipped === none ? new Set<number>() : skipped).add(data.sequence) : skipped,
  }),
});

/** What was seen of a projection, once it had followed every decision up to `last`. */
export interface Seen {
  readonly last: number;
  /** Why nothing can be mended, where that is so. */
  readonly refusal: Refusal | undefined;
}

/** Has what stands aside tried again. */
export const retryParked =
  (sequence: number | undefined, seen: Seen) =>
  (state: Decisions): Decision[] => {
    stillSo(state, seen);
    return [{ type: "retried", data: { ...(sequence !== undefined && { sequence }) } }];
  };

/** Leaves an event out for ever. */
export const skipParked =
  (sequence: number, seen: Seen) =>
  (state: Decisions): Decision[] => {
    if (state.skipped.has(sequence)) return [];
    stillSo(state, seen);
    return [{ type: "skipped", data: { sequence } }];
  };

/** Another decision since may have changed what stands aside. */
function stillSo(state: Decisions, { last, refusal }: Seen): void {
  if (state.last !== last) throw kitRefusal("conflict");
  if (refusal) throw refusal;
}
