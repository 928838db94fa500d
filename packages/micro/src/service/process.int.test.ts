/** A service as a process of its own: what signals do, and what it exits with. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, lab } from "./lab.fixture.ts";
import { alice, startNats, type TestNats } from "../nats.fixture.ts";

const word = { word: "hello" };
let nats: TestNats;

beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats?.[Symbol.asyncDispose]());

/** Runs the lab; resolves when it says that it listens, or something else that is waited for, or has ended. */
async function launch(env: Record<string, string> = {}, until = "listening") {
  const child = spawn(process.execPath, [fileURLToPath(new URL("lab-program.fixture.ts", import.meta.url))], {
    env: { ...nats.env, LOG_LEVEL: "debug", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said = child.stderr ? text(child.stderr) : Promise.resolve("");
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([
    exited,
    new Promise<void>((resolve) => child.stderr?.on("data", (line) => String(line).includes(until) && resolve())),
  ]);
  return { child, said, exited, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

test.for(["SIGTERM", "SIGINT"] as const)("%s answers what was taken and ends with 0", async (signal) => {
  await using running = await launch();
  const client = await nats.connect();
  const asked = Array.from({ length: 5 }, () => ask(client, alice, lab.endpoints.slow, word));
  await new Promise((resolve) => setTimeout(resolve, 25));
  running.child.kill(signal);
  expect((await Promise.all(asked)).map(({ body }) => body)).toEqual(asked.map(() => word));
  expect(await running.exited).toEqual([0, null]);
  expect(
    (await running.said)
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { msg: string }).msg),
  ).toEqual(["listening"]);
});

test("an error that nobody caught is named in the log, and what was taken is answered before it ends with 1", async () => {
  const lost = `process.on("SIGUSR2", () => void Promise.reject(new Error("lost")))`;
  await using running = await launch({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(lost)}` });
  const client = await nats.connect();
  const asked = ask(client, alice, lab.endpoints.slow, word);
  await new Promise((resolve) => setTimeout(resolve, 25));
  running.child.kill("SIGUSR2");
  expect((await asked).body).toEqual(word);
  expect(await running.exited).toEqual([1, null]);
  const [, ...said] = (await running.said).trim().split("\n");
  expect(said.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { msg: "cannot go on", err: { message: "lost" } },
  ]);
});

test("SIGTERM ends a process that still waits for nats-server", async () => {
  await using running = await launch({ NATS_URL: "127.0.0.1:1" }, "waiting for nats-server");
  running.child.kill("SIGTERM");
  expect(await running.exited).toEqual([0, null]);
});

test("a wrong setting is one line that names it, and ends with 2", async () => {
  await using running = await launch({ NATSTER_LOBBY: "nobody" });
  expect(await running.exited).toEqual([2, null]);
  expect(await running.said).toMatch(/^lab: cannot start: NATSTER_LOBBY: [^\n]*\n$/);
});

test("creds that are not there are one line, and end with 2", async () => {
  await using running = await launch({ NATS_CREDS: "/nowhere/lab.creds" });
  expect(await running.exited).toEqual([2, null]);
  expect(await running.said).toBe("lab: cannot read the creds file /nowhere/lab.creds\n");
});

test("a place where no socket can be made is one line that says what it takes, and ends with 2", async () => {
  await using running = await launch({ NATSTER_PROBE: "/nowhere/natster.sock", LOG_LEVEL: "warn" }, "lab:");
  expect(await running.exited).toEqual([2, null]);
  expect(await running.said).toMatch(
    /^lab: cannot start: NATSTER_PROBE: listen [^\n]+; \/nowhere has to be a folder that can be written, [^\n]+\n$/,
  );
});

test("an error that ends a start is named in the log, without the source that it came from, and ends with 1", async () => {
  const lost = `AsyncDisposableStack.prototype.use = () => { throw new Error("lost"); }`;
  await using running = await launch({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(lost)}` });
  expect(await running.exited).toEqual([1, null]);
  expect(JSON.parse(await running.said)).toMatchObject({ msg: "cannot go on", err: { message: "lost" } });
});

test("a denied subscription ends the process with 1 and says why, once", async () => {
  await using running = await launch({ NATS_CREDS: await nats.credsFile("codes", nats.operator.creds.codes) });
  expect(await running.exited).toEqual([1, null]);
  expect((await running.said).split("\n").filter((line) => line.includes("cannot go on"))).toHaveLength(1);
});
