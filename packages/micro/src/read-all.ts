/** Reading a stream by batched direct get (ADR-31): what services may do that may not make consumers. */
import { JetStreamError, type JetStreamManager, type StoredMsg } from "@nats-io/jetstream";

/** Every message under a filter from a sequence on, first to last, asked for in pages. */
export async function* readAll(
  manager: JetStreamManager,
  stream: string,
  filter: string,
  from = 1,
  pageSize = 256,
): AsyncGenerator<StoredMsg> {
  let seq = from;
  for (let more = true; more;) {
    more = false;
    const page = await manager.direct.getBatch(stream, { seq, next_by_subj: filter, batch: pageSize });
    for await (const stored of orNone(page)) {
      seq = stored.seq + 1;
      // nats-server ends a page early where it would be too many bytes, and says how many are left.
      more = stored.pending > 0;
      yield stored;
    }
  }
}

/** The last message of each subject; the server answers for 1,024 of them at once. */
export async function lastOf(manager: JetStreamManager, stream: string, subjects: string[]): Promise<StoredMsg[]> {
  if (subjects.length === 0) return [];
  return Array.fromAsync(orNone(await manager.direct.getLastMessagesFor(stream, { multi_last: subjects })));
}

/** The library makes an error of it that a batch is empty. */
async function* orNone(batch: AsyncIterable<StoredMsg>): AsyncGenerator<StoredMsg> {
  try {
    yield* batch;
  } catch (error) {
    if (!(error instanceof JetStreamError && "code" in error && error.code === 404)) throw error;
  }
}
