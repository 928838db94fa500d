import { restoreSystem } from "@natster/standalone";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { counted } from "../../output/words.ts";
import { LogFile, logFileOptions, moveLog } from "../../system/log-file.ts";

export default defineCommand({
  about:
    "Bring a system's log back from a file that natster ops backup wrote, into a system that has none and does not run. The whole file is checked before anything is written; all the rest is made from the log at the next start.",
  arguments: [["<file>", "the file"]],
  options: logFileOptions,
  examples: [
    ["natster ops restore log.ndjson", "after natster operator restore has brought back the keys; then natster up"],
  ],
  deed: true,
  input: LogFile,
  output: z.strictObject({ directory: z.string(), events: z.int(), sha256: z.string() }),
  async run({ input, globals, ui, signal, say }) {
    const { directory, summary } = await moveLog(restoreSystem, input, { globals, ui, signal });
    say({ directory, ...summary });
  },
  show({ directory, events }, ui) {
    ui.out(`${counted(events, "event")} are in ${directory} again; natster up makes the rest from them`);
  },
});
