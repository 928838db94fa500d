/** The file-server as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface ServingProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What it wrote to standard error so far. */
  readonly said: () => string;
  /** Resolves when it serves; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** The code, or the signal, with which it ended. */
  readonly ended: Promise<number | string | null>;
}

/** Starts it with these variables and no others of its own. */
export function startProcess(variables: Record<string, string>): ServingProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    stdio: ["ignore", "ignore", "pipe"],
    // Its cache and its state lie beside what it serves, and go with it.
    env: {
      PATH: process.env["PATH"],
      LOG_LEVEL: "debug",
      NATSTER_CACHE: `${variables["NATSTER_ROOT"]}.cache`,
      NATSTER_STATE: `${variables["NATSTER_ROOT"]}.state`,
      ...variables,
    },
  });
  let said = "";
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string | null);
  const ready = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes('"listening"')) resolve();
    });
    void ended.then((how) => reject(new Error(`ended with ${how}: ${said}`)));
  });
  ready.catch(() => {});
  return {
    child,
    said: () => said,
    ready,
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
