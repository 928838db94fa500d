import { resolve } from "node:path";
import { findNatsServer } from "@natster/nats-server";
import { backupSystem } from "@natster/standalone";
import * as z from "zod";
import { systemDirectory } from "../../context/paths.ts";
import { defineCommand } from "../../define.ts";
import { showCount } from "../../output/progress.ts";
import { counted } from "../../output/words.ts";
import { sayOfLog } from "../../system/log-errors.ts";

export default defineCommand({
  about:
    "Write a system's log into a file, and read it again to see that it is whole: everything that happened, from which all the rest is made. The system may run meanwhile. The operator's keys are in a file of their own: natster operator backup.",
  arguments: [["<file>", "where it is written; there must be none of that name"]],
  options: [
    ["--dir <directory>", "of the system, or of the operator; this machine's unless named"],
    ["--server <url...>", "addresses of its nats-servers, where they are not on this machine"],
  ],
  examples: [["natster ops backup log.ndjson", "of the system of this machine, whether it runs or not"]],
  deed: true,
  input: z.object({ file: z.string().min(1), dir: z.string().optional(), server: z.array(z.string()).optional() }),
  output: z.strictObject({ file: z.string(), events: z.int(), sha256: z.string() }),
  async run({ input, ui, signal, say }) {
    const file = resolve(input.file);
    const directory = resolve(input.dir ?? systemDirectory());
    using progress = showCount(ui, "events");
    const summary = await sayOfLog(
      backupSystem(file, {
        directory,
        signal,
        onProgress: progress.update,
        binary: (await findNatsServer({ tell: (slow) => ui.note(slow) })).path,
        ...(input.server && { servers: input.server }),
      }),
      file,
    );
    progress[Symbol.dispose]();
    say({ file, ...summary });
  },
  show({ file, events, sha256 }, ui) {
    ui.out(`${counted(events, "event")} are in ${file}, and it was read again: it is whole`);
    ui.out(`sha-256 ${sha256}`);
  },
});
