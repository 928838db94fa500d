/** The log of a system, into a file and back: of one that runs here, of one that does not, or of one elsewhere. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { backupLog, type BackupOptions, type BackupSummary } from "@natster/micro/backup";
import { provision } from "@natster/micro/provision";
import { restoreLog } from "@natster/micro/restore";
import type { NatsConnection } from "@nats-io/nats-core";
import { knownDirectory, withBootstrap } from "./bootstrap.ts";
import { holderOf } from "./directory/lock.ts";
import { openSettings, settingsFile } from "./directory/settings.ts";
import { runSystem } from "./system.ts";

/** Which log. */
export interface LogOptions extends BackupOptions {
  /** Of the system or, where `servers` are named, of its operator: the creds of the bootstrap user are in it. */
  readonly directory: string;
  /** Addresses of nats-servers, where the system is not of this machine alone. */
  readonly servers?: readonly string[];
  /** The certificates that vouch for those, in PEM, where Node's own do not. */
  readonly ca?: string | undefined;
  /** Path of a nats-server, for a system that does not run. */
  readonly binary?: string;
}

/** There is no log in the directory: its nats-servers are elsewhere, or nothing was restored yet. */
export class NoLogError extends Error {
  override readonly name = "NoLogError";
}

/**
 * Writes the log to a file; a system that runs goes on meanwhile. Throws what `backupLog` does, `NoInstallationError`
 * where the operator's keys are not there, and `NoLogError`.
 */
export async function backupSystem(path: string, options: LogOptions): Promise<BackupSummary> {
  const directory = knownDirectory(options.directory);
  const { servers, ca } = options;
  if (servers) return withBootstrap(directory, { servers, ca }, (connection) => backupLog(connection, path, options));
  if (await holderOf(directory)) {
    const { client } = (await openSettings(directory)).ports;
    const here = [`nats://127.0.0.1:${client}`];
    return withBootstrap(directory, { servers: here }, (connection) => backupLog(connection, path, options));
  }
  mayRunHere(directory);
  if (!existsSync(join(directory, "nats", "jetstream"))) throw new NoLogError(`there is no log in ${directory}`);
  return withNatsAlone(directory, options, (connection) => backupLog(connection, path, options));
}

/**
 * Brings a log back into a system that has none and does not run. Throws what `restoreLog` does, `DirectoryInUseError`,
 * `NoInstallationError` where the operator's keys are not there, and `NoLogError` where its nats-servers are elsewhere.
 */
export async function restoreSystem(path: string, options: LogOptions): Promise<BackupSummary> {
  const directory = knownDirectory(options.directory);
  const { servers, ca } = options;
  if (!servers) {
    mayRunHere(directory);
    return withNatsAlone(directory, options, (connection) => restoreLog(connection, path, options));
  }
  return withBootstrap(directory, { servers, ca }, async (connection) => {
    await provision(connection);
    return restoreLog(connection, path, options);
  });
}

/** An operator's keys alone are of a system whose nats-servers others run: one more would be started among them. */
function mayRunHere(directory: string): void {
  if (existsSync(join(directory, settingsFile))) return;
  throw new NoLogError(`no system was ever run in ${directory}: it holds the keys of an operator, and no log`);
}

/** With nats-server running for as long as it takes, and no service. */
async function withNatsAlone<T>(
  directory: string,
  { binary, signal }: LogOptions,
  use: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  await using system = await runSystem({
    directory,
    here: [],
    tell: () => {},
    ...(binary !== undefined && { binary }),
    ...(signal && { signal }),
  });
  return await withBootstrap(directory, { servers: [system.platform.nats.url] }, use);
}
