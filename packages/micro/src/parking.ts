/**
 * Parking: an event that a projection cannot take in stands aside with its reason, in the bucket of the rows that miss
 * it, and later events of its aggregate behind it. All others go on.
 */
import type { BucketContract } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { openRows, type Page, type PageOptions } from "./rows.ts";

/** An event that stands aside. */
const Parked = z.strictObject({ subject: z.string(), reason: z.string() });

/** Where an event is in the log. */
export interface Place {
  readonly subject: string;
  readonly seq: number;
}

export interface Parking {
  /** How many events stand aside. */
  readonly count: number;
  /** The event of the same aggregate that stands aside before this one. */
  blocking(place: Place): number | undefined;
  /** Lets an event stand aside; on disk once `save` has resolved. */
  park(place: Place, reason: string): void;
  /** Resolves with what has been parked newly since the last time. */
  save(): Promise<readonly (Place & { readonly reason: string })[]>;
}

/** Lists the events that stand aside in a bucket. */
export async function listParked(
  connection: NatsConnection,
  bucket: BucketContract,
  options: PageOptions,
): Promise<Page<z.infer<typeof Parked>>> {
  const rows = await openRows(connection, { ...bucket, row: Parked });
  return rows.page(keyOf("*"), options);
}

/** Parked events have keys of their own among the rows. */
const keyOf = (sequence: number | "*"): string => `parked.${sequence}`;
/** An event's subject without its type. */
const aggregateOf = ({ subject }: Place): string => subject.slice(0, subject.lastIndexOf("."));

/** Opens the parking of a bucket, with all that stands there already. */
export async function openParking(connection: NatsConnection, bucket: BucketContract): Promise<Parking> {
  const rows = await openRows(connection, { ...bucket, row: Parked });
  /** The first event of each aggregate that stands aside. */
  const first = new Map<string, number>();
  const unsaved = new Map<number, Place & { readonly reason: string }>();
  let count = 0;

  const block = (place: Place) => {
    const aggregate = aggregateOf(place);
    first.set(aggregate, Math.min(place.seq, first.get(aggregate) ?? place.seq));
  };

  for await (const { row, sequence } of rows.scan(keyOf("*"))) {
    if (!row) continue;
    block({ subject: row.subject, seq: sequence });
    count++;
  }

  return {
    get count() {
      return count;
    },
    blocking(place) {
      const blocker = first.get(aggregateOf(place));
      return blocker !== undefined && blocker < place.seq ? blocker : undefined;
    },
    park({ subject, seq }, reason) {
      block({ subject, seq });
      unsaved.set(seq, { subject, seq, reason });
    },
    async save() {
      const saved = [];
      for (const place of unsaved.values()) {
        const { subject, seq, reason } = place;
        const { row, revision } = await rows.slot(keyOf(seq));
        if (!row) {
          await rows.put(keyOf(seq), { subject, reason }, seq, revision);
          count++;
          saved.push(place);
        }
        unsaved.delete(seq);
      }
      return saved;
    },
  };
}
