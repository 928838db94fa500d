import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKey } from "@natster/trust";
import { expect, onTestFinished, test } from "vitest";
import { DirectoryTooNewError, openSettings, writeSettings } from "./settings.ts";

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "natster-settings-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

test("a directory keeps its ports from one start to the next", async () => {
  const directory = temporary();
  const first = await openSettings(directory);
  expect(new Set(Object.values(first.ports)).size).toBe(4);
  expect(await openSettings(directory)).toEqual(first);
});

test("what is written is read again", async () => {
  const directory = temporary();
  const settings = { ...(await openSettings(directory)), administrators: [createKey("account").public] };
  await writeSettings(directory, settings);
  expect(await openSettings(directory)).toEqual(settings);
});

test("a directory of a newer Natster is refused, and stays as it is", async () => {
  const directory = temporary();
  const text = JSON.stringify({ version: 99, something: "else" });
  writeFileSync(join(directory, "system.json"), text);
  await expect(openSettings(directory)).rejects.toThrow(DirectoryTooNewError);
  expect(readFileSync(join(directory, "system.json"), "utf8")).toBe(text);
});
