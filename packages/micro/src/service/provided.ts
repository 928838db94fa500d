/** What a service cannot work without, and who sets the system up makes: streams, durables and buckets. */
import { setTimeout as sleep } from "node:timers/promises";
import { jserrors } from "@nats-io/jetstream/internal";
import { jitteredBackoff } from "../connection/backoff.ts";
import type { Logger } from "./log.ts";
import { reasonOf } from "../reason.ts";
import { isUnreachable } from "../connection/unreachable.ts";

/** What nats-server says of a stream that nobody made yet: by name, or by nobody hearing what is asked of it. */
const missing = [jserrors.ConsumerNotFoundError, jserrors.StreamNotFoundError, jserrors.JetStreamError];

/** Whether a service that starts needs something that may still come. */
const mayCome = (error: unknown): boolean => isUnreachable(error) || missing.some((kind) => error instanceof kind);

/**
 * Tries until what is needed has been provided, and says what it waits for, once for each reason. Throws what no waiting
 * mends, and the signal's reason.
 */
export async function whenProvided<T>(work: () => Promise<T>, log: Logger, signal?: AbortSignal): Promise<T> {
  const told = new Set<string>();
  for (const pause = jitteredBackoff(100, 2_000); ;) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!mayCome(error)) throw error;
      const why = reasonOf(error);
      if (!told.has(why)) log.warn({ why }, "waiting for streams and buckets to be provided");
      told.add(why);
    }
    await sleep(pause.next(), undefined, signal && { signal }).catch(() => {});
  }
}
