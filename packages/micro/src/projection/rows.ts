/** Rows: read models in a bucket, each row fenced by the last event that it has seen. */
import { type BucketContract, bucketStream, bucketSubject, type RowOf } from "@natster/contracts";
import type { StoredMsg } from "@nats-io/jetstream";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { mostInBatch, publishBatch } from "../events/batch.ts";
import { hasCopies, lastWritten, wrote } from "./copies.ts";
import { countFrom, readNewest } from "../events/newest.ts";
import { isStatus, readAll } from "../events/read-all.ts";
import { unlessFirst } from "../events/unless-first.ts";
import { type Body, bytesOf, gone, readBody } from "./row-codec.ts";
import { kitRefusal } from "../service/refusal.ts";
import { streams, streamsManager } from "../streams.ts";

/** A row as the bucket has it. */
export interface StoredRow<R> {
  readonly key: string;
  readonly row: R;
  /** The last event that it has seen. */
  readonly sequence: number;
}

/** What the bucket holds under a key: a row, or where one was, with what a writer must know to replace it. */
export interface Slot<R> {
  readonly row: R | undefined;
  readonly sequence: number;
  readonly revision: number;
}

/** A page of rows. */
export interface Page<R> {
  readonly rows: StoredRow<R>[];
  /** Where the next page begins; absent on the last. */
  readonly cursor?: string;
}

/** A bucket as its readers see it. A key filter may have `*` for a token and `>` for the rest. */
export interface RowReader<R> {
  get(key: string): Promise<StoredRow<R> | undefined>;
  /** What each of these keys holds, also where a row is gone. */
  slots(keys: readonly string[]): Promise<Map<string, Slot<R>>>;
  /** Every slot under any of some filters, also those whose row is gone. */
  scan(
    ...filters: string[]
  ): AsyncGenerator<{ readonly key: string; readonly row: R | undefined; readonly sequence: number }>;
  /** Rows under a filter in the order in which they last changed. */
  page(filter: string, options?: PageOptions): Promise<Page<R>>;
  /** The same from the end: rows in the reverse of the order in which they last changed. */
  newest(filter: string, options?: PageOptions): Promise<Page<R>>;
  /** How many keys under a filter ever had a row. */
  count(filter: string): Promise<number>;
}

/** Which page. */
export interface PageOptions {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** A bucket as its one writer sees it. */
export interface RowWriter<R> extends RowReader<R> {
  slot(key: string): Promise<Slot<R>>;
  /**
   * Writes a row, or the mark that there is none, and resolves with its revision; undefined where another was first.
   * With `ttl`, in seconds, it ends by itself, where the bucket allows that.
   */
  put(key: string, row: R | undefined, sequence: number, revision: number, ttl?: number): Promise<number | undefined>;
  /**
   * Writes many rows, each in the place of the revision that its slot names, and resolves with their new revisions;
   * undefined where another was first at any of them. Then, and where it throws, some are written and some are not.
   */
  putAll(slots: ReadonlyMap<string, Slot<R>>): Promise<ReadonlyMap<string, number> | undefined>;
}

/** A row that cannot be read: whoever wrote it was no projector, or the disk has lost it. */
export class UnreadableRowError extends Error {
  override readonly name = "UnreadableRowError";
}

/** Where nothing ever was. */
export const emptySlot: Slot<never> = { row: undefined, sequence: 0, revision: 0 };
/** How many subjects nats-server answers at once, without one that may be asked for beside them. */
const most = 1_023;
/**
 * From so many rows on they are written in atomic batches, for each of which nats-server waits for the disk once instead
 * of for every row. One batch takes longer than one row, so that a few are better written side by side (ADR 32).
 */
const worthBatching = 32;

/** Opens a bucket for reading. */
export async function openRows<B extends BucketContract>(
  connection: NatsConnection,
  bucket: B,
): Promise<RowWriter<RowOf<B>>> {
  type R = RowOf<B>;
  const manager = await streamsManager(connection);
  const js = streams(connection);
  const stream = bucketStream(bucket.name);
  const subject = (key: string) => bucketSubject(bucket.name, key);
  const keyOf = (stored: StoredMsg) => stored.subject.slice(subject("").length);

  const bodyOf = (stored: StoredMsg): Body<R> => {
    const body = readBody<R>(stored);
    if (body) return body;
    throw new UnreadableRowError(`the row ${keyOf(stored)} of ${bucket.name} cannot be read`);
  };

  const read = (stored: StoredMsg): StoredRow<R> | undefined => {
    const { row, sequence } = bodyOf(stored);
    return row === undefined ? undefined : { key: keyOf(stored), row, sequence };
  };

  /** The last under each of these. */
  const newestOf = (keys: readonly string[]) => lastWritten(connection, manager, stream, keys.map(subject));

  const slots = async (keys: readonly string[]): Promise<Map<string, Slot<R>>> => {
    const slots = new Map<string, Slot<R>>(keys.map((key) => [key, emptySlot]));
    for (let from = 0; from < keys.length; from += most) {
      for (const stored of await newestOf(keys.slice(from, from + most))) {
        const { row, sequence } = bodyOf(stored);
        slots.set(keyOf(stored), { row, sequence, revision: stored.seq });
      }
    }
    return slots;
  };
  /** Everything under some filters; where that is too much for one answer, each page comes from whichever copy. */
  async function* under(filters: readonly string[]): AsyncGenerator<StoredMsg> {
    if (filters.length > 1 || hasCopies(connection)) {
      try {
        return yield* await newestOf(filters);
      } catch (error) {
        if (!isStatus(error, 413)) throw error;
      }
    }
    for (const filter of filters) yield* readAll(manager, stream, subject(filter));
  }
  const slot = async (key: string): Promise<Slot<R>> => (await slots([key])).get(key) ?? emptySlot;

  const put: RowWriter<R>["put"] = async (key, row, sequence, revision, ttl) => {
    const marked = headers();
    // Where a row that was purged runs out too, nats-server leaves no marker of its own.
    if (row === undefined) marked.set(...gone(ttl === undefined ? "DEL" : "PURGE"));
    const ack = await unlessFirst(
      js.publish(subject(key), bytesOf(row, sequence), {
        headers: marked,
        expect: { lastSubjectSequence: revision },
        ...(ttl !== undefined && { ttl: `${ttl}s` }),
      }),
    );
    if (ack && ttl === undefined) wrote(connection, stream, { subject: subject(key), seq: ack.seq });
    return ack?.seq;
  };

  /** All of these or none. */
  const putTogether = (some: readonly (readonly [string, Slot<R>])[]): Promise<number | undefined> =>
    unlessFirst(
      publishBatch(
        connection,
        some.map(([key, { row, sequence, revision }]) => ({
          subject: subject(key),
          data: bytesOf(row, sequence),
          expect: revision,
          ...(row === undefined && { headers: [gone("DEL")] }),
        })),
      ),
    );

  return {
    async get(key) {
      const [stored] = hasCopies(connection)
        ? await newestOf([key])
        : [await manager.direct.getMessage(stream, { last_by_subj: subject(key) })];
      return stored ? read(stored) : undefined;
    },

    async *scan(...filters) {
      for await (const stored of under(filters)) {
        const { row, sequence } = bodyOf(stored);
        yield { key: keyOf(stored), row, sequence };
      }
    },

    async page(filter, { cursor, limit = 100 } = {}) {
      const rows: StoredRow<R>[] = [];
      let next = readCursor(cursor);
      // One more than asked for tells whether there are more.
      for await (const stored of readAll(manager, stream, subject(filter), next, limit + 1)) {
        const row = read(stored);
        if (!row) continue;
        if (rows.length === limit) return { rows, cursor: next.toString(36) };
        rows.push(row);
        next = stored.seq + 1;
      }
      return { rows };
    },

    async newest(filter, { cursor, limit = 100 } = {}) {
      const before = cursor === undefined ? undefined : readCursor(cursor);
      // One more than asked for tells whether there are more.
      const found = await readNewest(manager, stream, subject(filter), { before, limit: limit + 1 });
      const rows = found.slice(0, limit).flatMap((stored) => read(stored) ?? []);
      const last = found[limit - 1];
      return found.length > limit && last ? { rows, cursor: last.seq.toString(36) } : { rows };
    },

    async count(filter) {
      return (await countFrom(manager, stream, subject(filter))).count;
    },

    slot,
    slots,

    put,

    async putAll(slots) {
      const all = [...slots];
      const revisions = new Map<string, number>();
      if (all.length < worthBatching) {
        await Promise.all(
          all.map(async ([key, { row, sequence, revision }]) => {
            const written = await put(key, row, sequence, revision);
            if (written !== undefined) revisions.set(key, written);
          }),
        );
      } else {
        for (let from = 0; from < all.length; from += mostInBatch) {
          const some = all.slice(from, from + mostInBatch);
          const last = await putTogether(some);
          if (last === undefined) return undefined;
          const [key = ""] = some.at(-1) ?? [];
          wrote(connection, stream, { subject: subject(key), seq: last });
          // A batch stands in one piece.
          for (const [index, [key]] of some.entries()) revisions.set(key, last - some.length + 1 + index);
        }
      }
      return revisions.size === all.length ? revisions : undefined;
    },
  };
}

/** Where a page begins: a position in the bucket. It comes back from callers, who may have made it up. */
function readCursor(cursor: string | undefined): number {
  const position = cursor === undefined ? 1 : Number.parseInt(cursor, 36);
  if (Number.isSafeInteger(position) && position > 0 && (cursor === undefined || position.toString(36) === cursor)) {
    return position;
  }
  throw kitRefusal("invalid_request", { issues: [{ path: "cursor", message: "no cursor of a page" }] });
}
