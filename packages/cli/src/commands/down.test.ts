import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createUi } from "../output/ui.ts";
import down from "./down.ts";

test("a system that gave its folder back has stopped when its process has ended, and not before", async () => {
  const dir = mkdtempSync(join(tmpdir(), "natster-down-"));
  const ended = join(dir, "ended");
  const busy = `
    import { writeFileSync } from "node:fs";
    import { lockDirectory } from ${JSON.stringify(join(import.meta.dirname, "../../../standalone/src/directory/lock.ts"))};
    const lock = await lockDirectory(${JSON.stringify(dir)});
    await lock.tell();
    process.once("SIGTERM", () => {
      lock[Symbol.dispose]();
      setTimeout(() => { writeFileSync(${JSON.stringify(ended)}, ""); process.exit(); }, 500);
    });
    setInterval(() => {}, 1_000);
    console.log("holds it");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", busy], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
    rmSync(dir, { recursive: true });
  });
  await once(child.stdout, "data");

  const told: unknown[] = [];
  await down.run({
    input: { dir },
    globals: {
      context: undefined,
      ca: undefined,
      json: true,
      quiet: false,
      debug: false,
      timeout: 20_000,
      within: () => 20_000,
    },
    ui: createUi({ quiet: true }),
    signal: new AbortController().signal,
    say: (data) => told.push(data, existsSync(ended)),
  });
  expect(told).toEqual([{ directory: dir, stopped: true }, true]);
});
