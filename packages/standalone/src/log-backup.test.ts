import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSettings } from "./directory/settings.ts";
import { openInstallation } from "./installation.ts";
import { backupSystem, NoLogError, restoreSystem } from "./log-backup.ts";

/** The keys of an operator, and nothing else. */
async function someKeys(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "natster-keys-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await openInstallation(directory);
  return directory;
}

const namesIn = (directory: string) => readdirSync(directory, { recursive: true, encoding: "utf8" }).toSorted();

test("an operator's keys without a system are no log, and nothing is started or written among them", async () => {
  const directory = await someKeys();
  const before = namesIn(directory);
  // What would be started is not there.
  const options = { directory, binary: join(directory, "nats-server") };
  for (const move of [backupSystem, restoreSystem]) {
    await expect(move(join(directory, "log.ndjson"), options)).rejects.toThrow(NoLogError);
  }
  expect(namesIn(directory)).toEqual(before);
});

test("a system that was restored without its log has none to back up", async () => {
  const directory = await someKeys();
  await openSettings(directory);
  const before = namesIn(directory);
  await expect(backupSystem(join(directory, "log.ndjson"), { directory })).rejects.toThrow(NoLogError);
  expect(namesIn(directory)).toEqual(before);
});
