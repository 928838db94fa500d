/** A system that goes on when the terminal is closed. */
import { type ChildProcess, spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { makePrivate } from "../context/files.ts";
import { Failure } from "../failure.ts";
import { sayWaiting } from "../output/progress.ts";

/** By this the process in the background knows that it is the one. */
const variable = "NATSTER_IN_BACKGROUND";

/** Whether this process is the one in the background: it tells the one that started it, and prints nothing. */
export const isInBackground = (): boolean => process.env[variable] !== undefined && process.send !== undefined;

/** What the process in the background tells. */
const Told = z.union([
  z.strictObject({ waitsFor: z.string() }),
  z.strictObject({ ready: z.unknown() }),
  z.strictObject({
    failed: z.strictObject({ what: z.string(), why: z.string().optional(), next: z.string().optional() }),
  }),
]);
type Told = z.infer<typeof Told>;

/** Tells the process that started this one. */
export const tellStarter = (told: Told): void => void process.send?.(told);

/**
 * Starts the same command in the background and resolves with what it says when it is ready. What it prints by mistake
 * is in a log of its own. `tell` is told what it waits for where that takes long. Throws `Failure` with what it says where
 * it ends before.
 */
export async function startInBackground(
  directory: string,
  signal: AbortSignal,
  tell: (what: string) => void,
): Promise<unknown> {
  await makePrivate(directory);
  const path = join(directory, "up.log");
  await using log = await open(path, "a", 0o600);
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd, "ipc"],
    env: { ...process.env, [variable]: "1" },
  });
  const interrupt = () => {
    tell("interrupted; it ends what it began");
    child.kill("SIGTERM");
  };
  signal.addEventListener("abort", interrupt, { once: true });
  using waiting = sayWaiting("nats-server and the services to start", tell);
  try {
    const told = await hear(child, waiting.now);
    if ("failed" in told) {
      const { what, why, next } = told.failed;
      throw new Failure(what, {
        ...(why !== undefined && { cause: new Error(why) }),
        ...(next !== undefined && { next }),
      });
    }
    child.disconnect();
    child.unref();
    return told.ready;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Failure
      ? error
      : new Failure("it ended before it was ready", { cause: error, next: `less ${path}` });
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

/** What became of the start; what it waits for until then goes to `waitsFor`. */
const hear = (
  child: ChildProcess,
  waitsFor: (what: string) => void,
): Promise<Exclude<Told, { readonly waitsFor: string }>> =>
  new Promise((resolve, reject) => {
    child.on("message", (message) => {
      const told = Told.safeParse(message);
      if (!told.success) reject(told.error);
      else if ("waitsFor" in told.data) waitsFor(told.data.waitsFor);
      else resolve(told.data);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`it ended with ${signal ?? `code ${code}`}`)));
  });
