/**
 * Restoring the log from a backup. Events come to stand at the sequences that they had, since rows, revocations and
 * timers go by them; everything derived is emptied, and made anew from the log once services run again.
 */
import { bucketStream, projectionStates } from "@natster/contracts";
import { allEvents, eventStream, projectionSides, reactions } from "@natster/contracts/platform";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { BackupOptions } from "./backup.ts";
import { type BackedUp, type BackupSummary, readBackup } from "./backup-file.ts";
import { type BatchEntry, publishBatch } from "../events/batch.ts";

export { BackupDamagedError, type BackupSummary } from "./backup-file.ts";

/** The log holds events already: what happened is never overwritten. */
export class LogNotEmptyError extends Error {
  override readonly name = "LogNotEmptyError";
}

/** Services read the log: stop them first. */
export class ServicesRunningError extends Error {
  override readonly name = "ServicesRunningError";
}

/** How many events are restored together, and how many bytes of them. */
const together = 500;
const bytesTogether = 4 * 2 ** 20;

/**
 * Restores the log from a file, as the bootstrap user, after `provision`. The whole file is checked before anything is
 * written; memory stays flat. Throws `BackupDamagedError`, `LogNotEmptyError` or `ServicesRunningError`, each of which
 * has changed nothing. Where it ends in the middle, the log is not empty any more: provide a new one and begin again.
 */
export async function restoreLog(
  connection: NatsConnection,
  path: string,
  { onProgress }: Pick<BackupOptions, "onProgress"> = {},
): Promise<BackupSummary> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const summary = await readBackup(path);
  await demandEmptyLog(manager);
  await demandNobodyReads(manager);
  for (const bucket of [projectionStates, ...projectionSides.map((side) => side.bucket)]) {
    await manager.streams.purge(bucketStream(bucket.name));
  }

  let waiting: BackedUp[] = [];
  let bytes = 0;
  const flush = async () => {
    const last = waiting.at(-1);
    if (!last) return;
    const reached = await publishBatch(connection, toEntries(waiting));
    if (reached !== last.seq) throw new LogNotEmptyError("somebody else has written to the log meanwhile");
    waiting = [];
    bytes = 0;
    onProgress?.(reached, summary.events);
  };
  await readBackup(path, async (event) => {
    waiting.push(event);
    bytes += event.data.length;
    if (waiting.length === together || bytes > bytesTogether) await flush();
  });
  await flush();
  return summary;
}

const toEntries = (events: readonly BackedUp[]): BatchEntry[] =>
  events.map(({ seq, subject, data }, index) => ({
    subject,
    data,
    messageId: `restored-${seq}`,
    // A batch lands exactly behind the one before it, or not at all.
    ...(index === 0 && { expect: seq - 1, expectSubject: allEvents }),
  }));

async function demandEmptyLog(manager: JetStreamManager): Promise<void> {
  const { last_seq: last } = (await manager.streams.info(eventStream)).state;
  if (last > 0) throw new LogNotEmptyError(`the log holds ${last} events already`);
}

async function demandNobodyReads(manager: JetStreamManager): Promise<void> {
  for (const { name } of [...projectionSides.map(({ durable }) => durable), ...reactions]) {
    const { num_waiting: waiting } = await manager.consumers.info(eventStream, name);
    if (waiting > 0) throw new ServicesRunningError(`${name} is being read: stop the services first`);
  }
}
