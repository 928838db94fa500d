/** Tests of what is pure: given what happened, when somebody decides, then this follows. */
import type { BucketContract, EventOf, EventsContract, IdOf, RowOf } from "@natster/contracts";
import type { Aggregate, Decide, Decided, Occurrence, Recorded } from "./aggregate.ts";
import { type Applied, evolveRows } from "../projection/fold.ts";
import type { Projection } from "../projection/projection.ts";
import { Refusal } from "../service/refusal.ts";

/** An event that a test tells of; where and when it happened matters only where the test says so. */
export type Told<E extends EventsContract> = EventOf<E> & Partial<Occurrence>;

/** What a decision came to: events, or the reason of a refusal. */
export type Outcome<E extends EventsContract> =
  | { readonly recorded: readonly Decided<E>[] }
  | { readonly refused: string };

/** An aggregate to which things have happened. */
export function given<E extends EventsContract, S>(aggregate: Aggregate<E, S>, ...events: readonly Told<E>[]) {
  const state = events.map((event, index) => recorded(event, index + 1)).reduce(aggregate.evolve, aggregate.initial);
  return {
    state,
    /** What a decision comes to. What is thrown beyond a refusal rises. */
    when(decide: Decide<E, S>): Outcome<E> {
      try {
        return { recorded: decide(state) };
      } catch (error) {
        if (error instanceof Refusal) return { refused: error.reason };
        throw error;
      }
    },
  };
}

/** An event of one aggregate among those of others. */
export const happened =
  <E extends EventsContract>(events: E, id: IdOf<E>, event: Told<E>) =>
  (sequence: number): Applied => ({ events, id, event: recorded(event, sequence) });

/** The rows of a projection, by key, after what happened. */
export function rowsAfter<B extends BucketContract>(
  projection: Projection<B>,
  ...events: readonly ReturnType<typeof happened>[]
): Record<string, RowOf<B>> {
  const rows = new Map<string, { row: RowOf<B> | undefined; sequence: number }>();
  events.forEach((event, index) => {
    const changed = evolveRows(projection, event(index + 1), (key) => rows.get(key) ?? { row: undefined, sequence: 0 });
    for (const [key, slot] of changed) rows.set(key, slot);
  });
  return Object.fromEntries([...rows].flatMap(([key, { row }]) => (row === undefined ? [] : [[key, row]])));
}

/** Half a second after another, the first at midnight. */
function recorded<E extends EventsContract>(event: Told<E>, sequence: number): Recorded<E> {
  return {
    sequence,
    time: new Date(Date.UTC(2026, 0, 1) + (sequence - 1) * 500).toISOString(),
    actor: "somebody",
    command: { name: "test.tell", id: `command-${sequence}` },
    ...event,
  };
}
