import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { backupOperator } from "@natster/standalone";
import * as z from "zod";
import { writeWhole } from "../../context/files.ts";
import { passphraseFrom } from "../../context/passphrase.ts";
import { systemDirectory } from "../../context/paths.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about:
    "Write a system's own keys into a file, sealed under a passphrase. Whoever has the file and the passphrase is the operator. What happened is in the log: natster ops backup.",
  arguments: [["<file>", "where it is written"]],
  options: [
    ["--dir <directory>", "of the system, or of the operator; this machine's unless named"],
    ["--passphrase-file <file>", "the passphrase is in this file"],
  ],
  examples: [["natster operator backup operator.natster", "then keep the file somewhere safe"]],
  deed: true,
  input: z.object({
    file: PathTyped,
    dir: PathTyped.optional(),
    passphraseFile: PathTyped.optional(),
  }),
  output: z.strictObject({ directory: z.string(), file: z.string() }),
  async run({ input, say }) {
    const directory = resolve(input.dir ?? systemDirectory());
    if (!existsSync(resolve(directory, "installation.json"))) {
      throw new Failure(`there is no system in ${directory}`, { next: "the same with --dir DIRECTORY" });
    }
    const file = resolve(input.file);
    if (existsSync(file)) throw new Failure(`${file} is there already`, { next: "choose another name" });
    const passphrase = await passphraseFrom(input.passphraseFile, { fresh: true });
    await writeWhole(file, await backupOperator(directory, passphrase));
    say({ directory, file });
  },
  show({ directory, file }, ui) {
    ui.out(`the operator of ${directory} is in ${file}, sealed`);
  },
});
