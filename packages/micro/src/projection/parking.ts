/**
 * Parking: an event that a projection cannot take in stands aside with its reason, in the bucket of the rows that miss
 * it, and later events of its aggregate behind it. All others go on.
 */
import {
  type BucketContract,
  type EventsContract,
  familyFilter,
  type IdOf,
  isOfPart,
  projectionOf,
  readEventSubject,
  whole,
} from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { emptySlot, openRows, type Page, type PageOptions } from "./rows.ts";
import { readSkipped } from "../events/skipped.ts";

/** An event that stands aside. */
const Parked = z.strictObject({ subject: z.string(), reason: z.string() });

/** Where an event is in the log. */
export interface Place {
  readonly subject: string;
  readonly seq: number;
}

/** An event that stands aside, and why. */
export interface ParkedPlace extends Place {
  readonly reason: string;
}

/** What stands aside in a bucket, as its readers see it. */
export interface ParkingReader {
  /** Whether this event stands aside. */
  has(place: Place): Promise<boolean>;
  /** How many events stand aside, counted. */
  total(): Promise<number>;
  /** The events that stand aside, as `{ subject, reason }` under their sequence. */
  page(options: PageOptions): Promise<Page<z.infer<typeof Parked>>>;
  /**
   * The events that stand aside of aggregates of which a part of the id is known, and with `parked: false` those that did,
   * under the sequence of what was decided about them.
   */
  of<E extends EventsContract>(events: E, known: Partial<IdOf<E>>): AsyncGenerator<Aside<E>>;
}

/** An event that stands aside or did, and of which aggregate it is. */
export interface Aside<E extends EventsContract> {
  readonly id: IdOf<E>;
  readonly seq: number;
  readonly parked: boolean;
}

/** What stands aside in a bucket, as its one writer sees it. */
export interface Parking extends ParkingReader {
  /** How many events stand aside. */
  readonly count: number;
  /** The event of the same aggregate that stands aside before this one. */
  blocking(place: Place): number | undefined;
  /** Whether it was decided that this event is left out for ever. */
  isSkipped(place: Pick<Place, "seq">): boolean;
  /** Lets an event stand aside; on disk once `save` has resolved. */
  park(place: Place, reason: string): void;
  /** Notes that an event is left out here; on disk once `save` has resolved. */
  leaveOut(place: Place): void;
  /** Whether an event has been left out here. */
  hasLeftOut(seq: number): boolean;
  /** Resolves with what has been parked since the last time, and which of it had not been before. */
  save(): Promise<{ readonly parked: readonly ParkedPlace[]; readonly newly: readonly ParkedPlace[] }>;
  /**
   * What stands aside of the aggregate of an event, or of all, in the order of the log; and what did until the decision
   * at `at`, which may have been followed in part. Only the aggregate counts of these subjects.
   */
  standing(of: Place | undefined, at: number): Promise<readonly Place[]>;
  /** Lets nothing wait behind these any more, so that they can be tried again. */
  free(places: readonly Place[]): void;
  /** Forgets, because of what was decided at `at`, those of them that do not stand aside again; `save` comes before. */
  settle(places: readonly Place[], at: number): Promise<void>;
}

/** An event's subject without its type. */
const aggregateOf = ({ subject }: Place): string => subject.slice(0, subject.lastIndexOf("."));
/** Parked events have keys of their own among the rows, by aggregate and in it by sequence. */
const keyOf = (aggregate: string, sequence: number | "*"): string => inKeys(`${aggregate}.${sequence}`);
const inKeys = (subject: string): string => subject.replace(/^events\./, "parked.");
const parkedKey = (place: Place): string => keyOf(aggregateOf(place), place.seq);
const leftOutKey = (sequence: number | "*"): string => `skipped.${sequence}`;
const everything = "parked.>";

/** Opens what stands aside in a bucket for reading. */
export async function readParking(connection: NatsConnection, bucket: BucketContract): Promise<ParkingReader> {
  const rows = await openRows(connection, { ...bucket, row: Parked });
  return {
    has: async (place) => (await rows.get(parkedKey(place))) !== undefined,
    async total() {
      let total = 0;
      for await (const { row } of rows.scan(everything)) if (row) total++;
      return total;
    },
    page: (options) => rows.page(everything, options),
    async *of(events, known) {
      // A key is a subject of the aggregate's events, but for its first and its last token.
      for await (const { key, row, sequence } of rows.scan(
        inKeys(familyFilter(events, "*", known as Record<string, string | undefined>)),
      )) {
        const place = readEventSubject(events, key.replace(/^parked\./, "events."));
        if (place) yield { id: place.id, seq: sequence, parked: row !== undefined };
      }
    },
  };
}

/** Opens the parking of a bucket, or of a part of it, with all that stands there already. */
export async function openParking(connection: NatsConnection, bucket: BucketContract, part = whole): Promise<Parking> {
  const rows = await openRows(connection, { ...bucket, row: Parked });
  const skipped = new Set<number>();
  for await (const { sequence } of readSkipped(connection, projectionOf(bucket))) skipped.add(sequence);
  /** The first event of each aggregate that stands aside. */
  const first = new Map<string, number>();
  const unsaved = new Map<number, ParkedPlace>();
  const leftOut = new Set<number>();
  const newlyLeftOut = new Map<number, Place>();
  let count = 0;

  const block = (place: Place) => {
    const aggregate = aggregateOf(place);
    first.set(aggregate, Math.min(place.seq, first.get(aggregate) ?? place.seq));
  };

  /** Writes places under their keys, in their order, where they do not stand there already; resolves with what did. */
  const write = async (places: readonly (Place & { reason?: string })[], key: (place: Place) => string) => {
    const slots = await rows.slots(places.map(key));
    await Promise.all(
      places.map(async ({ subject, seq, reason = "skipped" }) => {
        const { row, revision } = slots.get(key({ subject, seq })) ?? emptySlot;
        if (row?.reason !== reason) await rows.put(key({ subject, seq }), { subject, reason }, seq, revision);
      }),
    );
    return slots;
  };

  for await (const { row, sequence } of rows.scan(everything)) {
    if (!row || !isOfPart(row.subject, part)) continue;
    block({ subject: row.subject, seq: sequence });
    count++;
  }
  for await (const { sequence } of rows.scan(leftOutKey("*"))) leftOut.add(sequence);

  return {
    ...(await readParking(connection, bucket)),
    get count() {
      return count;
    },
    blocking(place) {
      // Each event passes here, and hardly ever does one stand aside.
      if (first.size === 0) return undefined;
      const blocker = first.get(aggregateOf(place));
      return blocker !== undefined && blocker < place.seq ? blocker : undefined;
    },
    isSkipped: ({ seq }) => skipped.has(seq),
    park(place, reason) {
      block(place);
      unsaved.set(place.seq, { subject: place.subject, seq: place.seq, reason });
    },
    leaveOut({ subject, seq }) {
      skipped.add(seq);
      newlyLeftOut.set(seq, { subject, seq });
    },
    hasLeftOut: (seq) => leftOut.has(seq) || newlyLeftOut.has(seq),

    async save() {
      await write([...newlyLeftOut.values()], ({ seq }) => leftOutKey(seq));
      for (const seq of newlyLeftOut.keys()) leftOut.add(seq);
      newlyLeftOut.clear();
      const places = [...unsaved.values()];
      const before = await write(places, parkedKey);
      const newly = places.filter((place) => !before.get(parkedKey(place))?.row);
      count += newly.length;
      unsaved.clear();
      return { parked: places, newly };
    },

    async standing(of, at) {
      const places: Place[] = [];
      for await (const { key, row, sequence } of rows.scan(of ? keyOf(aggregateOf(of), "*") : everything)) {
        const subject = key.replace(/^parked\./, "events.");
        if (isOfPart(subject, part) && (row || sequence === at))
          places.push({ subject, seq: Number(subject.slice(subject.lastIndexOf(".") + 1)) });
      }
      return places.toSorted((one, other) => one.seq - other.seq);
    },
    free(places) {
      for (const place of places) first.delete(aggregateOf(place));
    },
    async settle(places, at) {
      const over = places.filter((place) => {
        const blocker = first.get(aggregateOf(place));
        // Behind what stands aside again, so does every later one of the same aggregate.
        return blocker === undefined || blocker > place.seq || leftOut.has(place.seq);
      });
      const keys = over.map(parkedKey);
      const there = [...(await rows.slots(keys))].filter(([, { row }]) => row);
      await Promise.all(there.map(([key, { revision }]) => rows.put(key, undefined, at, revision)));
      count -= there.length;
    },
  };
}
