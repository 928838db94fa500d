/** Aggregates: what is true of one thing, rebuilt from its events, and decisions about it. All of it pure. */
import type { EventOf, EventsContract } from "@natster/contracts";

/** An event as it stands in the log. */
export type Recorded<E extends EventsContract> = EventOf<E> & Occurrence;

/** Where and when an event was recorded, and by whom. */
export interface Occurrence {
  readonly sequence: number;
  /** ISO 8601. */
  readonly time: string;
  /** The account that asked for it. */
  readonly actor: string;
  /** Its device, where nats-server said which. */
  readonly user?: string;
  /** `<service>.<endpoint>` and the id of the command that caused it. */
  readonly command: { readonly name: string; readonly id: string };
}

/** How the state of one aggregate follows from its events. */
export interface Aggregate<E extends EventsContract, S> {
  readonly events: E;
  readonly initial: S;
  /** Pure: no clock, no connection, no random. */
  readonly evolve: (state: S, event: Recorded<E>) => S;
}

/** Declares an aggregate. */
export const defineAggregate = <E extends EventsContract, S>(aggregate: Aggregate<E, S>): Aggregate<E, S> => aggregate;

/** What shall be recorded, given what is so: nothing, some events, or a refusal (thrown). Pure. */
export type Decide<E extends EventsContract, S> = (state: S) => readonly EventOf<E>[];
