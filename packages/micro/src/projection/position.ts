/**
 * The position of a side: up to where its rows are complete, as its checkpoint says it, and its record. It is written a
 * moment after the rows are, and once for many of them: who begins at an older one takes in again what the rows have seen
 * already, which changes nothing.
 */
import { type BucketContract, whole } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import { openCheckpoint } from "./checkpoint.ts";
import { openRecord } from "./record.ts";
import { sleep } from "../sleep.ts";

export interface Position extends AsyncDisposable {
  /** As it is written. */
  read(): Promise<number>;
  /** Why the bucket is not what it was; undefined where nothing speaks against it. */
  doubt(): Promise<string | undefined>;
  /** Says that the rows are complete up to an event; it is written soon. */
  reached(sequence: number): void;
  /** Writes nothing any more of what was said before. */
  forget(): Promise<void>;
}

/** How long it may be late, in milliseconds. */
const late = 100;

/** Opens the position of a bucket, or of a part of it. `failed` is told what kept it from being written: another process. */
export async function openPosition(
  connection: NatsConnection,
  bucket: BucketContract,
  failed: (error: unknown) => void,
  part = whole,
): Promise<Position> {
  const checkpoint = await openCheckpoint(connection, bucket, part);
  const record = await openRecord(connection, bucket, part);
  const ending = new AbortController();
  let said = 0;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    for (let written = 0; said > written;) {
      await sleep(late, ending.signal);
      const sequence = said;
      if (sequence > 0) await record.keep(sequence, await checkpoint.advance(sequence));
      written = sequence;
    }
  };
  return {
    read: () => checkpoint.read(),
    doubt: () => record.doubt(),
    reached(sequence) {
      said = Math.max(said, sequence);
      writing ??= write()
        .catch((error: unknown) => {
          said = 0;
          failed(error);
        })
        .finally(() => (writing = undefined));
    },
    async forget() {
      said = 0;
      await writing;
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await writing;
    },
  };
}
