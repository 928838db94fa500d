import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { OperatorError, restoreOperator } from "@natster/standalone";
import * as z from "zod";
import { passphraseFrom } from "../../context/passphrase.ts";
import { systemDirectory } from "../../context/paths.ts";
import { cannotOpen } from "../../context/sealed.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about: "Bring a system's own keys back from a file that natster operator backup wrote.",
  arguments: [["<file>", "the file"]],
  options: [
    ["--dir <directory>", "where they are put; this machine's system unless named"],
    ["--passphrase-file <file>", "the passphrase is in this file"],
  ],
  examples: [["natster operator restore operator.natster", "then natster ops restore brings back the log"]],
  deed: true,
  input: z.object({
    file: PathTyped,
    dir: PathTyped.optional(),
    passphraseFile: PathTyped.optional(),
  }),
  output: z.strictObject({ directory: z.string() }),
  async run({ input, say }) {
    const directory = resolve(input.dir ?? systemDirectory());
    const text = await readFile(input.file, "utf8");
    const passphrase = await passphraseFrom(input.passphraseFile, { fresh: false });
    try {
      const { refused } = await restoreOperator(text, passphrase, directory);
      if (refused === undefined) return say({ directory });
      throw cannotOpen(input.file, refused);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      throw new Failure(error.message, { next: "the same with --dir ANOTHER" });
    }
  },
  show({ directory }, ui) {
    ui.out(`the operator is in ${directory}; natster ops restore FILE brings back what happened`);
  },
});
