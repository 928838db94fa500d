import { backupSystem } from "@natster/standalone";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { counted } from "../../output/words.ts";
import { LogFile, logFileOptions, moveLog } from "../../system/log-file.ts";

export default defineCommand({
  about:
    "Write a system's log into a file, and read it again to see that it is whole: everything that happened, from which all the rest is made. The system may run meanwhile. The operator's keys are in a file of their own: natster operator backup.",
  arguments: [["<file>", "where it is written; there must be none of that name"]],
  options: logFileOptions,
  examples: [["natster ops backup log.ndjson", "of the system of this machine, whether it runs or not"]],
  deed: true,
  input: LogFile,
  output: z.strictObject({ file: z.string(), events: z.int(), sha256: z.string() }),
  async run({ input, globals, ui, signal, say }) {
    const { file, summary } = await moveLog(backupSystem, input, { globals, ui, signal });
    say({ file, ...summary });
  },
  show({ file, events, sha256 }, ui) {
    if (events === 0)
      ui.note("the log is empty: nothing has ever happened in this system; is it the one that is meant?");
    ui.out(`${counted(events, "event")} are in ${file}, and it was read again: it is whole`);
    ui.out(`sha-256 ${sha256}`);
  },
});
