/** Writing in the place of what was read: whoever was first wins. */
import { JetStreamApiError } from "@nats-io/jetstream";

/** What was written, or undefined where another was first. */
export async function unlessFirst<T>(written: Promise<T>): Promise<T | undefined> {
  try {
    return await written;
  } catch (error) {
    if (error instanceof JetStreamApiError && conflicts.has(error.code)) return undefined;
    throw error;
  }
}

/** Wrong last sequence, in its two spellings, and a message id that a batch may not repeat. */
const conflicts = new Set([10071, 10164, 10201]);
