import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DirectoryInUseError, holderOf, lockDirectory } from "./lock.ts";

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "natster-lock-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Another process that takes the directory and keeps it until it is killed. */
async function keeper(directory: string) {
  const script = `import { lockDirectory } from ${JSON.stringify(join(import.meta.dirname, "lock.ts"))};
    const lock = await lockDirectory(process.argv[1]); await lock.tell("http://127.0.0.1:1/");
    console.log("mine"); setInterval(() => lock, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

test("two processes never have one directory, and the second is told who has it", async () => {
  const directory = temporary();
  const child = await keeper(directory);
  const refused: unknown = await lockDirectory(directory).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DirectoryInUseError);
  expect(await holderOf(directory)).toMatchObject({ pid: child.pid, page: "http://127.0.0.1:1/" });
});

test("a process that was killed has it no more", async () => {
  const directory = temporary();
  const child = await keeper(directory);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await holderOf(directory)).toBeUndefined();
  using lock = await lockDirectory(directory);
  await lock.tell();
  expect(lock).toBeDefined();
});

test("one that is given back can be taken again", async () => {
  const directory = temporary();
  {
    using first = await lockDirectory(directory);
    await first.tell();
  }
  using second = await lockDirectory(directory);
  expect(second).toBeDefined();
});
