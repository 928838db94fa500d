import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { codesOf, exportPerson } from "@natster/person";
import * as z from "zod";
import { codesOfContext } from "../../context/codes.ts";
import { ContextName, contextFor } from "../../context/context.ts";
import { writeWhole } from "../../context/files.ts";
import { passphraseFrom } from "../../context/passphrase.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about:
    "Write an account's keys into a file, sealed under a passphrase. Whoever has the file and the passphrase is this account; it is how an account is recovered.",
  arguments: [["[name]", "a context; the one in use where none is named"]],
  options: [
    ["-o, --output <file>", "where to write it; there must be none of that name (default: NAME.natster)"],
    ["--passphrase-file <file>", "the passphrase is in this file"],
  ],
  examples: [["natster context export", "then keep the file somewhere safe"]],
  deed: true,
  input: z.object({
    name: ContextName.optional(),
    output: PathTyped.optional(),
    passphraseFile: PathTyped.optional(),
  }),
  output: z.strictObject({ name: z.string(), file: z.string(), holdsKey: z.boolean() }),
  async run({ input, globals, say }) {
    const context = await contextFor(input.name ?? globals.context);
    const { name, account, servers, page } = context;
    const file = resolve(input.output ?? `${name}.natster`);
    if (existsSync(file)) throw new Failure(`${file} is there already`, { next: "choose another name" });
    const passphrase = await passphraseFrom(input.passphraseFile, { fresh: true });
    const accountKey = await context.accountKey();
    const sealed = await exportPerson(
      {
        account,
        creds: await context.creds(),
        servers: [...(page === undefined ? [] : [page]), ...servers],
        codes: await codesOf(codesOfContext(context)),
        pins: await context.pins(),
        ...(accountKey && { accountSeed: accountKey.seed() }),
      },
      passphrase,
    );
    await writeWhole(file, sealed);
    say({ name, file, holdsKey: accountKey !== undefined });
  },
  show({ name, file, holdsKey }, ui) {
    ui.out(`context ${name} is in ${file}, sealed${holdsKey ? ", with the account's own key" : ""}`);
  },
});
