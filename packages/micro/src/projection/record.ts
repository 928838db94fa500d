/**
 * The record of a bucket: how far it was, on disk when the bucket itself need not be. A bucket that has lost what its
 * record knows of, as after a power loss or where an older copy was put in its place, has lost rows that nobody can name:
 * the last version of a row may be gone and the one before it with it.
 */
import { type BucketContract, bucketStream, partName, sideRecords, whole } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import { openRows } from "./rows.ts";
import { streamsManager } from "../streams.ts";

export interface BucketRecord {
  /** Why the bucket is not what it was; undefined where nothing speaks against it. */
  doubt(): Promise<string | undefined>;
  /** Records that the rows go up to an event, and the bucket up to a sequence of its own. On disk when it resolves. */
  keep(event: number, bucket: number): Promise<void>;
}

/** Opens the record of one side's bucket, or of a part of it. */
export async function openRecord(
  connection: NatsConnection,
  bucket: BucketContract,
  part = whole,
): Promise<BucketRecord> {
  const name = partName(bucket.name, part);
  const rows = await openRows(connection, sideRecords);
  const manager = await streamsManager(connection);
  const end = async (stream: string) => (await manager.streams.info(stream)).state.last_seq;
  /** The revision that was written last; undefined where another may have written since. */
  let known: number | undefined;
  return {
    async doubt() {
      const { row: record } = await rows.slot(name);
      if (!record) return undefined;
      const [last, log] = await Promise.all([end(bucketStream(bucket.name)), end(eventStream)]);
      if (last < record.bucket) return `the bucket ends at ${last} and had ${record.bucket}`;
      if (log < record.event) return `the rows go up to ${record.event} and the log to ${log}`;
      return undefined;
    },
    async keep(event, last) {
      for (;;) {
        const revision = known ?? (await rows.slot(name)).revision;
        known = await rows.put(name, { event, bucket: last }, event, revision);
        if (known !== undefined) return;
      }
    },
  };
}
