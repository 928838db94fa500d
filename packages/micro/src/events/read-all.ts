/** Reading a stream by batched direct get (ADR-31): what services may do that may not make consumers. */
import { JetStreamError, type JetStreamManager, type StoredMsg } from "@nats-io/jetstream";
import type { BatchCallback } from "@nats-io/jetstream/internal";
import { TimeoutError } from "@nats-io/nats-core";

/**
 * Every message under a filter from a sequence on, first to last, asked for in pages. They are large: nats-server counts
 * for each what is left, and of thousands of subjects that takes longer than to send a few hundred.
 */
export async function* readAll(
  manager: JetStreamManager,
  stream: string,
  filter: string,
  from = 1,
  pageSize = 1_000,
): AsyncGenerator<StoredMsg> {
  let seq = from;
  for (let more = true; more;) {
    const page = await whole((callback) =>
      manager.direct.getBatch(stream, { seq, next_by_subj: filter, batch: pageSize, callback }),
    );
    yield* page;
    const last = page.at(-1);
    // nats-server ends a page early where it would be too many bytes, and says how many are left.
    more = last !== undefined && last.pending > 0;
    if (last) seq = last.seq + 1;
  }
}

/** The last message of each subject; the server answers for 1,024 of them at once. */
export async function lastOf(manager: JetStreamManager, stream: string, subjects: string[]): Promise<StoredMsg[]> {
  if (subjects.length === 0) return [];
  const found = await whole((callback) =>
    manager.direct.getLastMessagesFor(stream, { multi_last: subjects, callback }),
  );
  if ((found.at(-1)?.pending ?? 0) > 0) throw new TimeoutError();
  return found;
}

/** For how long a batch may be under way, in milliseconds. */
const patience = 5_000;

/**
 * A batch, once it has come as a whole. Throws `TimeoutError` where a part of it never came, as while nats-server takes
 * in a new JWT of the account: asking again may well succeed.
 *
 * It is taken by a callback, since the library gives back the subscription of one only then: each batch that is iterated
 * leaves one behind, here and in nats-server.
 */
function whole(ask: (callback: BatchCallback<StoredMsg>) => Promise<{ stop(): void }>): Promise<StoredMsg[]> {
  const found: StoredMsg[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<StoredMsg[]>();
  const asked = ask((done, stored) => {
    if (!done) found.push(stored);
    // The library makes an error of it that a batch is empty.
    else if (isStatus(done.err, 404)) resolve([]);
    else if (done.err) reject(done.err);
    else if (isUnbroken(found)) resolve(found);
    else reject(new TimeoutError());
  });
  const late = setTimeout(() => {
    reject(new TimeoutError());
    asked.then((batch) => batch.stop()).catch(() => {});
  }, patience);
  asked.catch(reject);
  return promise.finally(() => clearTimeout(late));
}

/** Each message of a batch names the one before it. */
const isUnbroken = (found: readonly StoredMsg[]): boolean =>
  found.every(({ lastSequence }, at) => lastSequence === (found[at - 1]?.seq ?? 0));

/** Whether nats-server answered with this status. */
export const isStatus = (error: unknown, code: number): boolean =>
  error instanceof JetStreamError && "code" in error && error.code === code;
