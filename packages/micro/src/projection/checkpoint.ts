/** The checkpoint: up to where the rows of a bucket are complete. It lives with them, so that it cannot outlive them. */
import { type BucketContract, partName, whole } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { openRows, type Slot } from "./rows.ts";

export interface Checkpoint {
  /** The sequence of the last event that the rows have seen, by whichever process; 0 where there is none. */
  read(): Promise<number>;
  /** Moves it on, never back; resolves with the bucket's own sequence of it. Throws where another moves it, or took it away. */
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
      known = await rows.slot(key);
      return known.sequence;
    },
    async advance(sequence) {
      const { revision, sequence: reached } = (known ??= await rows.slot(key));
      if (reached >= sequence) return revision;
      known = undefined;
      const written = await rows.put(key, {}, sequence, revision);
      if (written === undefined) throw new Error("another projector moved the checkpoint");
      known = { row: {}, sequence, revision: written };
      return written;
    },
  };
}
