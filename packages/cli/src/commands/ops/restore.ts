import { resolve } from "node:path";
import { findNatsServer } from "@natster/nats-server";
import { restoreSystem } from "@natster/standalone";
import * as z from "zod";
import { systemDirectory } from "../../context/paths.ts";
import { defineCommand } from "../../define.ts";
import { showCount } from "../../output/progress.ts";
import { counted } from "../../output/words.ts";
import { sayOfLog } from "../../system/log-errors.ts";

export default defineCommand({
  about:
    "Bring a system's log back from a file that natster ops backup wrote, into a system that has none and does not run. The whole file is checked before anything is written; all the rest is made from the log at the next start.",
  arguments: [["<file>", "the file"]],
  options: [
    ["--dir <directory>", "of the system, or of the operator; this machine's unless named"],
    ["--server <url...>", "addresses of its nats-servers, where they are not on this machine"],
  ],
  examples: [
    ["natster ops restore log.ndjson", "after natster operator restore has brought back the keys; then natster up"],
  ],
  deed: true,
  input: z.object({ file: z.string().min(1), dir: z.string().optional(), server: z.array(z.string()).optional() }),
  output: z.strictObject({ directory: z.string(), events: z.int(), sha256: z.string() }),
  async run({ input, ui, signal, say }) {
    const directory = resolve(input.dir ?? systemDirectory());
    const file = resolve(input.file);
    using progress = showCount(ui, "events");
    const summary = await sayOfLog(
      restoreSystem(file, {
        directory,
        signal,
        onProgress: progress.update,
        binary: (await findNatsServer({ tell: (slow) => ui.note(slow) })).path,
        ...(input.server && { servers: input.server }),
      }),
      file,
    );
    progress[Symbol.dispose]();
    say({ directory, ...summary });
  },
  show({ directory, events }, ui) {
    ui.out(`${counted(events, "event")} are in ${directory} again; natster up makes the rest from them`);
  },
});
