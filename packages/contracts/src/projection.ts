/** Projections: how rows follow from events. All of it pure; `micro` runs them. */
import type { BucketContract, EventsContract, IdOf, Recorded, RowOf } from "./define.ts";

/** Rows that follow from one kind of aggregate. */
export interface RowsFrom<E extends EventsContract, R> {
  readonly events: E;
  /**
   * The row's key, or undefined where this event has no row. It holds the aggregate's id, so that a row belongs to
   * exactly one aggregate; what the event adds to it makes a row of its own for each part, or for each event.
   */
  readonly key: (id: IdOf<E>, event: Recorded<E>) => string | undefined;
  /** The row after an event; undefined where there is none any more. Pure. */
  readonly evolve: (row: R | undefined, event: Recorded<E>, id: IdOf<E>) => R | undefined;
}

/** A bucket, and the rows in it. */
export interface Projection<B extends BucketContract = BucketContract> {
  readonly into: B;
  readonly rows: readonly RowsFrom<EventsContract, RowOf<B>>[];
}

/** Declares a projection: into which bucket, and for each kind of aggregate, which row and how it changes. */
export function defineProjection<B extends BucketContract>(
  into: B,
  declare: (
    from: <E extends EventsContract>(
      events: E,
      rows: Omit<RowsFrom<E, RowOf<B>>, "events">,
    ) => RowsFrom<EventsContract, RowOf<B>>,
  ) => readonly RowsFrom<EventsContract, RowOf<B>>[],
): Projection<B> {
  return {
    into,
    rows: declare((events, rows) => ({ events, ...rows }) as unknown as RowsFrom<EventsContract, RowOf<B>>),
  };
}
