/** More processes that serve what this one serves: instances of one queue group, on one machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { jitteredBackoff } from "@natster/micro/backoff";

/** By this a process knows that it is one of several, and that another keeps it. */
const variable = "NATSTER_WORKER";

/** How long one of them may take to read to the end what is being read, in milliseconds. */
const patience = 20_000;

/** Whether another process keeps this one. It serves, and says nothing but that it does. */
export const isWorker = (): boolean => process.env[variable] !== undefined && process.send !== undefined;

/** Tells the process that keeps this one that it serves, and ends in order where that one is gone. */
export function answerKeeper(): void {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  // It is no reason to go on.
  process.channel?.unref();
  process.send?.("serving");
}

/** Processes that are kept running. */
export interface Workers extends AsyncDisposable {
  readonly size: number;
}

/**
 * Starts this very command as so many further processes, and resolves when each of them serves. One that ends by itself
 * is started again, and `tell` is told; all of them end in order with the scope, and where this process is killed.
 */
export async function startWorkers(size: number, tell: (what: string) => void, signal: AbortSignal): Promise<Workers> {
  const stopping = new AbortController();
  const running = new Map<ChildProcess, Promise<unknown>>();

  const launch = async (): Promise<void> => {
    const [program = "", ...told] = process.argv.slice(1);
    const child = spawn(process.execPath, [...process.execArgv, program, "--quiet", ...told], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, [variable]: "1" },
    });
    const ended = once(child, "exit");
    running.set(child, ended);
    void ended.finally(() => running.delete(child)).catch(() => {});
    const failed = ended.then(([code, by]) => {
      throw new Error(`a further process ended with ${by ?? `code ${code}`}`);
    });
    await Promise.race([once(child, "message", { signal: AbortSignal.any([signal, stopping.signal]) }), failed]);
    void failed.catch(again);
  };

  const again = async (error: Error): Promise<void> => {
    if (stopping.signal.aborted) return;
    tell(`${error.message}; another is started`);
    const pauses = jitteredBackoff(500, 30_000);
    while (!stopping.signal.aborted) {
      await sleep(pauses.next(), undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      const started = await launch().then(
        () => true,
        () => false,
      );
      if (started) return;
    }
  };

  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all([...running].map(([child, ended]) => end(child, ended)));
  };

  try {
    await Promise.all(Array.from({ length: size }, launch));
  } catch (error) {
    await stop();
    throw error;
  }
  return { size, [Symbol.asyncDispose]: stop };
}

/** Asks a process to end, and makes it where it does not. */
async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), patience);
  await ended.catch(() => {});
  clearTimeout(late);
}
