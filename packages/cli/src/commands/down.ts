import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { holderOf } from "@natster/standalone";
import * as z from "zod";
import { systemDirectory } from "../context/paths.ts";
import { defineCommand } from "../define.ts";
import { Failure } from "../failure.ts";
import { PathTyped } from "../typed.ts";

export default defineCommand({
  about: "Stop the system that runs in a folder, in order: what was acknowledged is on the disk already.",
  options: [["--dir <directory>", "where it is kept"]],
  examples: [["natster down", "stops what natster up --background started"]],
  deed: true,
  input: z.object({ dir: PathTyped.optional() }),
  output: z.strictObject({ directory: z.string(), stopped: z.boolean() }),
  async run({ input, globals, say, signal }) {
    const directory = resolve(input.dir ?? systemDirectory());
    const holder = await holderOf(directory);
    if (holder) {
      process.kill(holder.pid, "SIGTERM");
      const until = Date.now() + globals.within(35_000);
      // It gives its folder back before it ends.
      while ((await holderOf(directory)) || isAlive(holder.pid)) {
        signal.throwIfAborted();
        if (Date.now() > until) {
          throw new Failure(`process ${holder.pid} has not ended yet`, {
            next: `kill -9 ${holder.pid}, which loses nothing`,
          });
        }
        await sleep(50);
      }
    }
    say({ directory, stopped: holder !== undefined });
  },
  show({ directory, stopped }, ui) {
    ui.out(stopped ? `stopped what ran in ${directory}` : `nothing runs in ${directory}`);
  },
});

/** Whether a process runs still; one that has ended, and waits for its parent to ask how, does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z \S+ [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
