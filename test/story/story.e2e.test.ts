/** `npm start` as a stranger meets it: a process of its own, told by its output and its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const main = fileURLToPath(import.meta.resolve("@natster/standalone/story"));

test("the story is told to its end, and every digest is the same", async () => {
  const { out, code } = await tell(["--once"]);
  expect(code).toBe(0);
  expect(out.match(/✓/g)).toHaveLength(10);
  expect(out).not.toContain("✗");
  expect(out).toContain("every digest is the same");
  expect(out).toContain("nats-server itself refuses Bob's next read");
});

test("a folder of one's own is shared, whatever its files are called", async () => {
  const folder = join(temporary(), "Mine — 写真 1");
  mkdirSync(join(folder, "deep", "er"), { recursive: true });
  for (const name of ["a b.txt", "deep/er/ümlaut 🎈.bin", "deep/empty"]) {
    writeFileSync(join(folder, name), name.endsWith("empty") ? "" : Buffer.alloc(300_000, name));
  }
  const { out, code } = await tell(["--once", folder]);
  expect(code).toBe(0);
  expect(out).toContain("Bob lists 3 files");
});

test("a folder that is not there is refused with the usage, and nothing starts", async () => {
  const { out, err, code } = await tell(["nowhere"]);
  expect(code).toBe(2);
  expect(err).toContain("nowhere is not a folder");
  expect(out).toBe("");
});

test.each([0, 300, 600, 900, 1_200, 1_500])(
  "interrupted after %i ms it leaves no process and no file behind",
  async (ms) => {
    const home = temporary();
    const child = start(["--stay"], home);
    const { pid } = child;
    if (pid === undefined) throw new Error("it did not start");
    // Its handlers stand once it says something.
    await once(child.stdout ?? child, "data");
    await new Promise((resolve) => setTimeout(resolve, ms));
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect([0, 130]).toContain(code);
    await expect.poll(() => readdirSync(home)).toEqual([]);
  },
);

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "story-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

function start(args: readonly string[], home = temporary()): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, TMPDIR: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function tell(args: readonly string[]): Promise<{ out: string; err: string; code: number }> {
  const child = start(args);
  if (!child.stdout || !child.stderr) throw new Error("it did not start");
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { out, err, code: Number(code) };
}
