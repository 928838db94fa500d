/** Backing up the log: everything that happened, up to this moment, in a file of its own. Services may go on meanwhile. */
import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { allEvents, eventStream } from "@natster/contracts/platform";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { type BackupSummary, endLine, eventLine, headerLine, readBackup } from "./backup-file.ts";
import { readAll } from "../events/read-all.ts";

export { BackupDamagedError, type BackupSummary } from "./backup-file.ts";

/** The log is not whole: an event is missing in it. */
export class LogGapError extends Error {
  override readonly name = "LogGapError";
}

/** How a log is backed up or restored. */
export interface BackupOptions {
  /** Ends it; of a backup nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Told now and then how many events are done, of how many. */
  readonly onProgress?: (events: number, of: number) => void;
}

/** How much is written at once, in characters. */
const chunk = 256 * 1024;

/**
 * Writes the log to a file, mode 0600, and reads it again to see that it is whole; memory stays flat. The file appears
 * under its name only then, and one that is there already is left alone (`EEXIST`). Throws `LogGapError`, or the signal's
 * reason.
 */
export async function backupLog(
  connection: NatsConnection,
  path: string,
  { signal, onProgress }: BackupOptions = {},
): Promise<BackupSummary> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const { last_seq: last } = (await manager.streams.info(eventStream)).state;
  // Takes the name at once, so that two backups cannot both have it.
  await (await open(path, "wx", 0o600)).close();
  const part = `${path}.part`;
  try {
    await write();
    const summary = await readBackup(part);
    await rename(part, path);
    return summary;
  } catch (error) {
    await Promise.all([rm(part, { force: true }), rm(path, { force: true })]);
    throw error;
  }

  async function write(): Promise<void> {
    await using file = await open(part, "w", 0o600);
    const digest = createHash("sha256");
    let waiting = headerLine(new Date());
    let events = 0;
    const flush = async () => {
      digest.update(waiting);
      await file.appendFile(waiting);
      waiting = "";
    };
    if (last > 0) {
      for await (const { seq, subject, time, data } of readAll(manager, eventStream, allEvents)) {
        if (seq !== ++events) throw new LogGapError(`event ${events} is missing in the log`);
        waiting += eventLine({ seq, subject, time: time.toISOString(), data });
        if (waiting.length > chunk) {
          await flush();
          signal?.throwIfAborted();
          onProgress?.(events, last);
        }
        if (seq === last) break;
      }
    }
    if (events < last) throw new LogGapError(`event ${events + 1} is missing in the log`);
    await flush();
    await file.appendFile(endLine({ events, sha256: digest.digest("hex") }));
    await file.sync();
  }
}
