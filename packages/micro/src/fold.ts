/** Folding: events in, rows out. Many events of one row are one write, and writes go out together. */
import type { BucketContract, EventsContract, IdOf, RowOf } from "@natster/contracts";
import type { Recorded } from "./aggregate.ts";
import { readEvent } from "./event.ts";
import type { Parking } from "./parking.ts";
import type { Projection } from "./projection.ts";
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

/** An event as the log has it. */
export interface Stored {
  readonly subject: string;
  readonly seq: number;
  readonly data: Uint8Array;
}

/** An event that has been read, and the keys of the rows that follow from it. */
interface Read {
  readonly stored: Stored;
  readonly applied: Applied;
  readonly keys: readonly string[];
}

/** An event that cannot be read, and why. */
interface Unreadable {
  readonly stored: Stored;
  readonly error: unknown;
}

/** How many rows are kept in memory between batches. */
const remembered = 20_000;

/**
 * Makes the fold of a projection. It resolves with the events that are in the rows; those that could not be taken in
 * are handed to `parking`.
 */
export function createFold<B extends BucketContract>(
  projection: Projection<B>,
  rows: RowWriter<RowOf<B>>,
  parking: Pick<Parking, "blocking" | "park" | "isSkipped" | "leaveOut">,
): (batch: readonly Stored[]) => Promise<readonly Applied[]> {
  type Rows = Map<string, Slot<RowOf<B>>>;
  const known: Rows = new Map();

  const write = async (next: Rows): Promise<void> => {
    try {
      await Promise.all(
        [...next].map(async ([key, { row, sequence, revision }]) => {
          const written = await rows.put(key, row, sequence, revision);
          if (written === undefined) throw new Error(`another projector wrote ${key}`);
          known.set(key, { row, sequence, revision: written });
        }),
      );
    } catch (error) {
      // Some of the rows may be written and some not: the bucket knows.
      known.clear();
      throw error;
    }
    if (known.size > remembered) known.clear();
  };

  return async (batch) => {
    const arrived = batch.flatMap((stored) => read(projection, stored));
    const keys = new Set(arrived.flatMap((each) => ("keys" in each ? each.keys : [])));
    for (const [key, slot] of await rows.slots([...keys].filter((key) => !known.has(key)))) known.set(key, slot);

    const next: Rows = new Map();
    const applied: Applied[] = [];
    for (const each of arrived) {
      const before = parking.blocking(each.stored);
      try {
        if (parking.isSkipped(each.stored)) parking.leaveOut(each.stored);
        else if (before !== undefined) parking.park(each.stored, `behind ${before}`);
        else if ("error" in each) parking.park(each.stored, reasonOf(each.error));
        else {
          // All rows of an event, or none.
          const slotOf = (key: string) => next.get(key) ?? known.get(key) ?? emptySlot;
          for (const [key, slot] of evolveRows(projection, each.applied, slotOf)) next.set(key, slot);
          applied.push(each.applied);
        }
      } catch (error) {
        parking.park(each.stored, reasonOf(error));
      }
    }
    await write(next);
    return applied;
  };
}

/** What an event makes of its rows. What a row has seen changes it no more: that makes redelivery harmless. */
export const evolveRows = <B extends BucketContract, S extends Pick<Slot<RowOf<B>>, "row" | "sequence">>(
  projection: Projection<B>,
  { events, id, event }: Applied,
  slotOf: (key: string) => S,
): [key: string, slot: S][] =>
  familiesOf(projection, events).flatMap((family) => {
    const key = family.key(id, event);
    if (key === undefined) return [];
    const slot = slotOf(key);
    if (event.sequence <= slot.sequence) return [];
    return [[key, { ...slot, row: family.evolve(slot.row, event, id), sequence: event.sequence }]];
  });

const familiesOf = <B extends BucketContract>({ rows }: Projection<B>, events: EventsContract) =>
  rows.filter((family) => family.events === events);

/** What an event says; nothing where it is of no kind that this projection reads. */
function read(projection: Projection, stored: Stored): [Read | Unreadable] | [] {
  const events = projection.rows.find((family) => stored.subject.startsWith(`${family.events.subject}.`))?.events;
  if (!events) return [];
  try {
    const { id, event } = readEvent(events, stored);
    const keys = familiesOf(projection, events).flatMap((family) => family.key(id, event) ?? []);
    return [{ stored, applied: { events, id, event }, keys }];
  } catch (error) {
    return [{ stored, error }];
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
