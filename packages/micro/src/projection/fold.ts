/** Folding: events in, rows out. Many events of one row are one write, and writes go out together. */
import type { BucketContract, EventsContract, IdOf, RowOf } from "@natster/contracts";
import type { Recorded } from "../events/aggregate.ts";
import { readEvent, type Stored } from "../events/event.ts";
import type { Parking, Place } from "./parking.ts";
import type { Projection, RowsFrom } from "./projection.ts";
import { reasonOf } from "../reason.ts";
import { emptySlot, type RowWriter, type Slot } from "./rows.ts";

/** An event that a projection has taken in. */
export interface Applied {
  readonly events: EventsContract;
  readonly id: IdOf<EventsContract>;
  readonly event: Recorded<EventsContract>;
}

/** Whether an applied event is of this kind; if so, its types are known. */
export const isApplied = <E extends EventsContract>(
  applied: Applied,
  events: E,
): applied is { readonly events: E; readonly id: IdOf<E>; readonly event: Recorded<E> } & Applied =>
  applied.events === events;

/** An event that has been read, and the rows that follow from it; or why it cannot be read. */
export type Reading<R> =
  | { readonly place: Place; readonly applied: Applied; readonly rows: readonly RowOfEvent<R>[] }
  | { readonly place: Place; readonly error: unknown };

/** A row that follows from an event: its key, and how it changes. */
interface RowOfEvent<R> {
  readonly key: string;
  readonly evolve: RowsFrom<EventsContract, R>["evolve"];
}

/** How many rows are kept in memory between batches. */
const remembered = 20_000;

/** Events in, rows out. What goes wrong leaves it as it began, with nothing waiting: the rows that are written say what is so. */
export interface Fold<R> {
  /**
   * Takes events in, and resolves with those that are in the rows from now on; those that could not be taken in are handed
   * to `parking`. The rows are in memory until they are written.
   */
  take(batch: readonly Reading<R>[]): Promise<readonly Applied[]>;
  /** How many rows wait to be written. */
  readonly waiting: number;
  /** Writes them, each once, however many events changed it. Throws where another has written any of them. */
  write(): Promise<void>;
}

/** Makes the fold of a projection. */
export function createFold<B extends BucketContract>(
  projection: Projection<B>,
  rows: RowWriter<RowOf<B>>,
  parking: Pick<Parking, "blocking" | "park" | "isSkipped" | "leaveOut">,
): Fold<RowOf<B>> {
  /** Rows by key: what is hashed again and again is long. */
  const known = new Map<string, Held<RowOf<B>>>();
  let changed: Held<RowOf<B>>[] = [];

  /** Some of the rows may be written and some not: the bucket knows. */
  const forgetting = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      known.clear();
      changed = [];
      throw error;
    }
  };

  const hold = (key: string, slot: Slot<RowOf<B>>): Held<RowOf<B>> => {
    const held = { key, slot, isChanged: false };
    known.set(key, held);
    return held;
  };

  /** All rows of an event, or none. */
  const apply = ({ rows: ofEvent, applied }: Extract<Reading<RowOf<B>>, { readonly applied: Applied }>): void => {
    const held = ofEvent.map(({ key }) => known.get(key) ?? hold(key, emptySlot));
    const next = held.map(({ slot }, at) => evolved(ofEvent[at], applied, slot));
    held.forEach((each, at) => {
      const slot = next[at];
      if (!slot) return;
      each.slot = slot;
      if (!each.isChanged) changed.push(each);
      each.isChanged = true;
    });
  };

  return {
    get waiting() {
      return changed.length;
    },

    take: (batch) =>
      forgetting(async () => {
        const unknown = new Set<string>();
        for (const each of batch) {
          if ("rows" in each) for (const { key } of each.rows) if (!known.has(key)) unknown.add(key);
        }
        for (const [key, slot] of await rows.slots([...unknown])) hold(key, slot);

        const applied: Applied[] = [];
        for (const each of batch) {
          const before = parking.blocking(each.place);
          try {
            if (parking.isSkipped(each.place)) parking.leaveOut(each.place);
            else if (before !== undefined) parking.park(each.place, `behind ${before}`);
            else if ("error" in each) parking.park(each.place, reasonOf(each.error));
            else {
              apply(each);
              applied.push(each.applied);
            }
          } catch (error) {
            parking.park(each.place, reasonOf(error));
          }
        }
        return applied;
      }),

    write: () =>
      forgetting(async () => {
        const revisions = await rows.putAll(new Map(changed.map(({ key, slot }) => [key, slot])));
        if (!revisions) throw new Error("another projector wrote rows");
        for (const each of changed) {
          each.slot = { ...each.slot, revision: revisions.get(each.key) ?? 0 };
          each.isChanged = false;
        }
        changed = [];
        if (known.size > remembered) known.clear();
      }),
  };
}

/** A row as it is in memory. */
interface Held<R> {
  readonly key: string;
  slot: Slot<R>;
  isChanged: boolean;
}

/** What an event makes of its rows. What a row has seen changes it no more: that makes redelivery harmless. */
export const evolveRows = <B extends BucketContract, S extends Pick<Slot<RowOf<B>>, "row" | "sequence">>(
  projection: Projection<B>,
  applied: Applied,
  slotOf: (key: string) => S,
): [key: string, slot: S][] =>
  rowsOf(projection, applied).flatMap((row) => {
    const slot = evolved(row, applied, slotOf(row.key));
    return slot ? [[row.key, slot]] : [];
  });

/** A row after an event; undefined where it has seen it already. */
const evolved = <R, S extends Pick<Slot<R>, "row" | "sequence">>(
  row: RowOfEvent<R> | undefined,
  { id, event }: Applied,
  slot: S,
): S | undefined =>
  row === undefined || event.sequence <= slot.sequence
    ? undefined
    : { ...slot, row: row.evolve(slot.row, event, id), sequence: event.sequence };

/** The rows that follow from an event. */
function rowsOf<B extends BucketContract>({ rows }: Projection<B>, { events, id, event }: Applied) {
  const found: RowOfEvent<RowOf<B>>[] = [];
  for (const family of rows) {
    const key = family.events === events ? family.key(id, event) : undefined;
    if (key !== undefined) found.push({ key, evolve: family.evolve });
  }
  return found;
}

/** What an event says; undefined where it is of no kind that this projection reads. Never throws. */
export function readFor<B extends BucketContract>(
  projection: Projection<B>,
  stored: Stored,
): Reading<RowOf<B>> | undefined {
  const events = projection.rows.find((family) => stored.subject.startsWith(`${family.events.subject}.`))?.events;
  if (!events) return undefined;
  // What was stored is not kept: many of these wait for their turn.
  const place = { subject: stored.subject, seq: stored.seq };
  try {
    const applied = { events, ...readEvent(events, stored) };
    return { place, applied, rows: rowsOf(projection, applied) };
  } catch (error) {
    return { place, error };
  }
}
