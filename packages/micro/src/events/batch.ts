/**
 * Several messages that are stored together or not at all (ADR-50). The library's own batch drops expectations and
 * hides the server's error code, so the few headers are set here.
 */
import { JetStreamApiError } from "@nats-io/jetstream";
import { headers, type NatsConnection, nuid } from "@nats-io/nats-core";
import { atMost } from "./at-most.ts";

/** How many messages nats-server takes in one batch. */
export const mostInBatch = 1_000;

/** A message of a batch. */
export interface BatchMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** By which a repetition is known, where nothing else fences it. */
  readonly messageId?: string;
  /** More headers. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The sequence after which nothing may have been stored under `expectSubject`, or else under the subject itself. */
  readonly expect?: number;
  readonly expectSubject?: string;
}

/** A message of a batch of which a repetition is known. */
export interface BatchEntry extends BatchMessage {
  readonly messageId: string;
}

interface Answer {
  readonly seq?: number;
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string };
}

/** nats-server lets fifty batches of a stream be under way, of all who publish there; these are this process's. */
const inTurn = atMost(8);

/** Publishes a batch and resolves with the sequence of its last message. Throws `JetStreamApiError`. */
export const publishBatch = (connection: NatsConnection, entries: readonly BatchMessage[]): Promise<number> =>
  inTurn(() => publishNow(connection, entries));

async function publishNow(connection: NatsConnection, entries: readonly BatchMessage[]): Promise<number> {
  const batch = nuid.next();
  for (const [index, entry] of entries.entries()) {
    const last = index === entries.length - 1;
    const named = headers();
    named.set("Nats-Batch-Id", batch);
    named.set("Nats-Batch-Sequence", String(index + 1));
    if (entry.messageId !== undefined) named.set("Nats-Msg-Id", entry.messageId);
    for (const [name, value] of entry.headers ?? []) named.set(name, value);
    if (entry.expect !== undefined) named.set("Nats-Expected-Last-Subject-Sequence", String(entry.expect));
    if (entry.expectSubject !== undefined)
      named.set("Nats-Expected-Last-Subject-Sequence-Subject", entry.expectSubject);
    if (last) named.set("Nats-Batch-Commit", "1");
    // Only the first and the last are answered; those between must not be waited for.
    if (index > 0 && !last) {
      connection.publish(entry.subject, entry.data, { headers: named });
      continue;
    }
    const message = await connection.request(entry.subject, entry.data, { headers: named, timeout: 5_000 });
    // The first is answered with an empty message where it is in order.
    const answer = message.data.length > 0 ? message.json<Answer>() : {};
    if (answer.error) throw new JetStreamApiError(answer.error);
    if (last && answer.seq !== undefined) return answer.seq;
  }
  throw new Error("an empty batch");
}
