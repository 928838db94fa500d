import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { folders } from "./config.ts";
import { NatsServerStartError } from "./errors.ts";
import { greet, portsFiles } from "./ports.ts";

/** A little longer than the watchdog gives a server whose owner was killed a moment ago. */
const ENDS_WITHIN = 6_000;

/**
 * Makes a state directory ready for one server: its folders are there and closed to others, and no server runs on it.
 * Two servers on one store would spoil it.
 * @throws NatsServerStartError when another server runs there and does not end within six seconds.
 */
export async function prepareDirectory(directory: string): Promise<void> {
  for (const folder of [directory, ...Object.values(folders(directory))]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  }
  const deadline = Date.now() + ENDS_WITHIN;
  for (const left of await portsFiles(folders(directory).run)) {
    while (isAlive(left.pid) && (await greet(left.ports.client, left.host))) {
      if (Date.now() > deadline) {
        throw new NatsServerStartError(`a nats-server (pid ${left.pid}) already runs in ${directory}`);
      }
      await sleep(100);
    }
    // One that crashed could not take it away.
    await rm(left.path, { force: true });
  }
}

/** Writes a file for the owner's eyes, in one step, so that a server that starts never reads half of it. */
export async function writePrivately(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
