/** Reading a stream from its end: JetStream reads forwards only, so where to begin has to be found first. */
import type { JetStreamManager, StoredMsg } from "@nats-io/jetstream";
import { readAll } from "./read-all.ts";

/** How many messages under a filter stand at a sequence or after it, and where the first of them is. */
export async function countFrom(
  manager: JetStreamManager,
  stream: string,
  filter: string,
  seq = 1,
): Promise<{ readonly first: number; readonly count: number }> {
  // The first message says how many more there are: nothing else has to be read.
  for await (const stored of readAll(manager, stream, filter, seq, 1)) {
    return { first: stored.seq, count: stored.pending + 1 };
  }
  return { first: seq, count: 0 };
}

/**
 * The last messages under a filter that stand before a sequence, the latest first. What it costs depends on how many are
 * asked for, and on how many there are by no more than a logarithm.
 */
export async function readNewest(
  manager: JetStreamManager,
  stream: string,
  filter: string,
  { before, limit }: { readonly before: number | undefined; readonly limit: number },
): Promise<StoredMsg[]> {
  const all = await countFrom(manager, stream, filter);
  const after = before === undefined ? 0 : (await countFrom(manager, stream, filter, before)).count;
  let from = { seq: all.first, count: all.count - after };
  let until = { seq: before ?? (await lastSequence(manager, stream, filter)) + 1, count: 0 };
  // Enough stand at `from` or after it, too few at `until` or after it: the two are brought together.
  for (let halve = false; from.count > 2 * limit && until.seq - from.seq > 1; halve = !halve) {
    const share = halve ? 1 / 2 : (limit * 1.5 - until.count) / (from.count - until.count);
    const seq = Math.min(until.seq - 1, Math.max(from.seq + 1, Math.floor(until.seq - share * (until.seq - from.seq))));
    const { first, count } = await countFrom(manager, stream, filter, seq);
    if (count - after >= limit) from = { seq: first, count: count - after };
    else until = { seq, count: count - after };
  }
  const found: StoredMsg[] = [];
  if (from.count <= 0) return found;
  for await (const stored of readAll(manager, stream, filter, from.seq, Math.min(from.count, 1_000))) {
    if (before !== undefined && stored.seq >= before) break;
    found.push(stored);
  }
  return found.toReversed().slice(0, limit);
}

const lastSequence = async (manager: JetStreamManager, stream: string, filter: string): Promise<number> =>
  (await manager.direct.getMessage(stream, { last_by_subj: filter }))?.seq ?? 0;
