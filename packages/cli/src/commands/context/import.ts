import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { AccountKey, Handle } from "@natster/contracts";
import { importPerson, restoreCodes } from "@natster/person";
import { keyFromSeed } from "@natster/trust";
import * as z from "zod";
import { codesOfContext } from "../../context/codes.ts";
import { ContextName, contextNames, currentName, useContext, writeContext } from "../../context/context.ts";
import { passphraseFrom } from "../../context/passphrase.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { PageTyped, welcomeAt } from "../../system/welcome.ts";

export default defineCommand({
  about: "Bring back an account from a file that natster context export wrote.",
  arguments: [
    ["<file>", "the file"],
    ["[name]", "what the context is to be called (default: as the file)"],
  ],
  options: [
    ["--passphrase-file <file>", "the passphrase is in this file"],
    ["--server <url>", "the address of the system's page, where it has moved"],
  ],
  examples: [["natster context import home.natster", "on a new machine"]],
  deed: true,
  input: z.object({
    file: z.string(),
    name: ContextName.optional(),
    passphraseFile: z.string().optional(),
    server: PageTyped.optional(),
  }),
  output: z.strictObject({ name: z.string(), account: AccountKey, holdsKey: z.boolean() }),
  async run({ input, globals, say }) {
    const name =
      input.name ??
      ContextName.parse(
        basename(input.file)
          .replace(/\.natster$/, "")
          .toLowerCase(),
      );
    if ((await contextNames()).includes(name)) {
      throw new Failure(`there is a context ${name} already`, { next: `natster context import ${input.file} ANOTHER` });
    }
    const text = await readFile(input.file, "utf8");
    const opened = await importPerson(text, await passphraseFrom(input.passphraseFile, { fresh: false }));
    if (opened.refused !== undefined) {
      throw new Failure(`${input.file} cannot be opened: ${opened.refused.replaceAll("_", " ")}`, {
        next: "the same again, with the passphrase that it was sealed under",
      });
    }
    const { account, accountSeed, creds, servers, pins } = opened.backup;
    const page = input.server ?? servers.find((each) => /^https?:/.test(each));
    if (page === undefined)
      throw new Failure("the file does not say where its system is", { next: "the same with --server URL" });
    const welcome = await welcomeAt(page, globals.timeout);
    const context = await writeContext(name, {
      account,
      servers: welcome.servers,
      page: welcome.page,
      platform: welcome.platform,
      lobby: welcome.lobby,
      administrator: false,
      creds,
      ...(accountSeed !== undefined && { accountKey: keyFromSeed(accountSeed, "account") }),
    });
    await context.writePins(
      Object.fromEntries(Object.entries(pins).map(([handle, key]) => [Handle.parse(handle), key])),
    );
    await restoreCodes(opened.backup, codesOfContext(context));
    if ((await currentName()) === undefined) await useContext(name);
    say({ name, account, holdsKey: accountSeed !== undefined });
  },
  show({ name, account }, ui) {
    ui.out(`context ${name} is ${account}`);
  },
});
