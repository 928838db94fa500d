import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

/** Runs a script of one line by `runChild` of another process, as `run.mjs` does. */
function stand(line: string, options = "{}"): { process: ChildProcess; out: Promise<string>; code: Promise<number> } {
  const child = JSON.stringify(join(import.meta.dirname, "child.mjs"));
  const script = `import { runChild } from ${child};
    process.exitCode = await runChild(process.execPath, ["-e", ${JSON.stringify(line)}], ${options});`;
  const { npm_lifecycle_event: _, ...env } = process.env;
  const outer = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return {
    process: outer,
    out: Promise.all([text(outer.stdout), text(outer.stderr)]).then(([out, err]) => `${out}|${err}`),
    code: once(outer, "exit").then(([code]) => code as number),
  };
}

/** Waits for a signal, says that it came, and ends with 7. */
const waiting = `
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => { console.log(signal); process.exit(7); });
  setTimeout(() => process.exit(99), 20_000);
  console.log("up");`;

test("a child's exit code and output are those of whoever stands for it", async () => {
  const { out, code } = stand(`console.log("out"); console.error("err"); process.exitCode = 3;`);

  expect(await code).toBe(3);
  expect(await out).toBe("out\n|err\n");
});

test("standard output can be kept for somebody else", async () => {
  const { out } = stand(`console.log("out")`, `{ says: "on-stderr" }`);

  expect(await out).toBe("|out\n");
});

test.each([
  [0, "|"],
  [4, "|out\n"],
])("what is worth saying only where it fails: exit code %i", async (given, said) => {
  const { out, code } = stand(`console.log("out"); process.exitCode = ${given};`, `{ says: "only-failing" }`);

  expect(await code).toBe(given);
  expect(await out).toBe(said);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s reaches the child once, which ends as it likes", async (signal) => {
  const { process: outer, out, code } = stand(waiting);
  await once(outer.stdout as NodeJS.ReadableStream, "data");
  outer.kill(signal);

  expect(await code).toBe(7);
  expect(await out).toBe(`up\n${signal}\n|`);
});

test("a child that is ended by a signal leaves 128 and its number", async () => {
  const { code } = stand(`process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 20_000);`);

  expect(await code).toBe(137);
});

test("a command that is not there leaves 127", async () => {
  const script = `import { runChild } from ${JSON.stringify(join(import.meta.dirname, "child.mjs"))};
    process.exitCode = await runChild("no-such-command-here", []);`;
  const outer = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
  const [code] = (await once(outer, "exit")) as [number];

  expect(code).toBe(127);
});
