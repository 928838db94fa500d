/** The checkpoint: up to where the rows of a bucket are complete. It lives with them, so that it cannot outlive them. */
import type { BucketContract } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { openRows } from "./rows.ts";

export interface Checkpoint {
  /** The sequence of the last event that the rows have seen, by whichever process; 0 where there is none. */
  read(): Promise<number>;
  /** Moves it on, never back; resolves with the bucket's own sequence of it. */
  advance(sequence: number): Promise<number>;
}

const key = "checkpoint";

/** Opens the checkpoint of a bucket. */
export async function openCheckpoint(connection: NatsConnection, bucket: BucketContract): Promise<Checkpoint> {
  const rows = await openRows(connection, { ...bucket, row: z.strictObject({}) });
  return {
    async read() {
      const row = await rows.get(key);
      return row?.sequence ?? 0;
    },
    async advance(sequence) {
      for (;;) {
        const { revision, sequence: reached } = await rows.slot(key);
        const written = reached >= sequence ? revision : await rows.put(key, {}, sequence, revision);
        if (written !== undefined) return written;
      }
    },
  };
}
