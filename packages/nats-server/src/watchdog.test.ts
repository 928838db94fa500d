import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openFolder } from "./fakes.fixture.ts";
import { spawnGuarded } from "./watchdog.ts";

test("the pid is that of the command itself, and its output goes to the log", async () => {
  await using folder = await openFolder();
  const log = join(folder.path, "log");
  const guarded = await spawnGuarded("/bin/sh", ["-c", "echo $$; echo said >&2"], log);

  expect(await guarded.exited).toEqual({ code: 0, signal: null });
  expect(await readFile(log, "utf8")).toBe(`${guarded.pid}\nsaid\n`);
});

test("how the command ended is passed on", async () => {
  await using folder = await openFolder();
  const start = (...args: string[]) => spawnGuarded("/bin/sh", ["-c", ...args], join(folder.path, "log"));

  expect(await (await start("exit 3")).exited).toEqual({ code: 3, signal: null });
  const waiting = await start("exec sleep 60");
  waiting.kill("SIGTERM");
  expect(await waiting.exited).toEqual({ code: null, signal: "SIGTERM" });
  waiting.kill("SIGTERM");
});

test("a command that is not there ends with code 127, and the log says so", async () => {
  await using folder = await openFolder();
  const log = join(folder.path, "log");
  const guarded = await spawnGuarded("/no/such/command", [], log);

  expect(await guarded.exited).toEqual({ code: 127, signal: null });
  expect(await readFile(log, "utf8")).toMatch(/not found/);
});
