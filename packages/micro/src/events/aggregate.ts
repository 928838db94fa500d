/** Aggregates: what is true of one thing, rebuilt from its events, and decisions about it. All of it pure. */
import type { EventOf, EventsContract, Recorded } from "@natster/contracts";

export type { Occurrence, Recorded } from "@natster/contracts";

/** How the state of one aggregate follows from its events. */
export interface Aggregate<E extends EventsContract, S> {
  readonly events: E;
  readonly initial: S;
  /**
   * No clock, no connection, no random. What it returns takes the place of the state that it is given, on which it may build;
   * `initial` it leaves as it is.
   */
  readonly evolve: (state: S, event: Recorded<E>) => S;
}

/** Declares an aggregate. */
export const defineAggregate = <E extends EventsContract, S>(aggregate: Aggregate<E, S>): Aggregate<E, S> => aggregate;

/** An event to be recorded. `grows`: its type takes back, but there is nothing here that it takes back. */
export type Decided<E extends EventsContract> = EventOf<E> & { readonly grows?: true };

/** What shall be recorded, given what is so: nothing, some events, or a refusal (thrown). Pure. */
export type Decide<E extends EventsContract, S> = (state: S) => readonly Decided<E>[];
