/** Processes of a bench that do one thing after another and tell how it went. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

/** What a process can be asked to do, by name. What goes in and comes out travels as a structured clone. */
export type Errands = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

interface Asked {
  readonly number: number;
  readonly name: string;
  readonly argument: unknown;
}
type Told = { readonly number: number; readonly result: unknown } | { readonly number: number; readonly error: string };

/** In the process: does what it is asked until whoever started it lets go. */
export async function doErrands(errands: Errands, close: () => Promise<unknown>): Promise<void> {
  process.on("message", ({ number, name, argument }: Asked) => {
    const errand = errands[name] as ((argument: unknown) => Promise<unknown>) | undefined;
    const tell = (told: Told) => process.send?.(told);
    if (!errand) return void tell({ number, error: `there is no ${name}` });
    errand(argument).then(
      (result) => tell({ number, result }),
      (error: unknown) =>
        tell({ number, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.send?.("ready");
  await once(process, "disconnect");
  await close();
}

/** A process that does errands. */
export interface Runner<E extends Errands> extends AsyncDisposable {
  readonly pid: number;
  do<N extends keyof E & string>(name: N, argument: Parameters<E[N]>[0]): Promise<Awaited<ReturnType<E[N]>>>;
}

/** Starts a file of this folder as a process; resolves when it is ready. Options of Node are this process's unless given. */
export async function startRunner<E extends Errands>(
  file: string,
  setup: unknown,
  execArgv: readonly string[] = process.execArgv,
): Promise<Runner<E>> {
  const child = fork(resolve(import.meta.dirname, file), [JSON.stringify(setup)], {
    serialization: "advanced",
    execArgv: [...execArgv],
  });
  const ended = once(child, "exit");
  const failed = ended.then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`)));
  failed.catch(() => {});
  await Promise.race([once(child, "message"), failed]);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  child.on("message", (told: Told) => {
    const place = waiting.get(told.number);
    waiting.delete(told.number);
    if ("error" in told) place?.reject(new Error(told.error));
    else place?.resolve(told.result);
  });
  let number = 0;
  return {
    pid: child.pid ?? 0,
    do(name, argument) {
      const place = Promise.withResolvers<unknown>();
      waiting.set(++number, place);
      child.send({ number, name, argument } satisfies Asked);
      return Promise.race([place.promise, failed]) as Promise<never>;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Seconds of processor time that a process and its threads have used. Linux only. */
export function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The most memory that a process has had so far, in MB. Linux only. */
export const mostMemory = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/** The most memory that a process has from now on is counted anew. Linux only. */
export const forgetMostMemory = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, "5");

/** Seconds that something takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
