/** The checkpoint: up to where the rows of a bucket are complete. It lives with them, so that it cannot outlive them. */
import { type BucketContract, partName, whole } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { openRows, type Slot } from "./rows.ts";

export interface Checkpoint {
  /** The sequence of the last event that the rows have seen, by whichever process; 0 where there is none. */
  read(): Promise<number>;
  /** Moves it on, never back; resolves with the bucket's own sequence of it. */
  advance(sequence: number): Promise<number>;
}

/** Opens the checkpoint of a bucket, or of a part of it. */
export async function openCheckpoint(
  connection: NatsConnection,
  bucket: BucketContract,
  part = whole,
): Promise<Checkpoint> {
  const key = partName("checkpoint", part);
  const rows = await openRows(connection, { ...bucket, row: z.strictObject({}) });
  /** As it was written last; undefined where another may have written it since. */
  let known: Slot<object> | undefined;
  return {
    async read() {
      const row = await rows.get(key);
      return row?.sequence ?? 0;
    },
    async advance(sequence) {
      for (;;) {
        const { revision, sequence: reached } = (known ??= await rows.slot(key));
        if (reached >= sequence) return revision;
        const row = {};
        const written = await rows.put(key, row, sequence, revision);
        known = written === undefined ? undefined : { row, sequence, revision: written };
      }
    },
  };
}
