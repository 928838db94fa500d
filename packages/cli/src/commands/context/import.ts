import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { AccountKey, Handle } from "@natster/contracts";
import { importPerson, restoreCodes } from "@natster/person";
import { keyFromSeed } from "@natster/trust";
import * as z from "zod";
import { codesOfContext } from "../../context/codes.ts";
import { ContextName, contextNames, currentName, useContext, writeContext } from "../../context/context.ts";
import { passphraseFrom } from "../../context/passphrase.ts";
import { cannotOpen } from "../../context/sealed.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { freshDevice } from "../../system/fresh-device.ts";
import { placeOf } from "../../system/place.ts";
import { PageTyped, welcomeAt } from "../../system/welcome.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about:
    "Bring back an account from a file that natster context export wrote. Where the account's own key is in it, this machine becomes a new device, so that the one that was exported can be revoked; otherwise it is that device.",
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
    file: PathTyped,
    name: ContextName.optional(),
    passphraseFile: PathTyped.optional(),
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
      throw cannotOpen(input.file, opened.refused);
    }
    const { account, accountSeed, creds, servers, pins } = opened.backup;
    const page = input.server ?? servers.find((each) => /^https?:/.test(each));
    if (page === undefined)
      throw new Failure("the file does not say where its system is", { next: "the same with --server URL" });
    const welcome = await welcomeAt(page, globals);
    const key = accountSeed === undefined ? undefined : keyFromSeed(accountSeed, "account");
    const device = key ? await freshDevice(placeOf(welcome, globals.timeout), key, globals.timeout) : undefined;
    const context = await writeContext(name, {
      account,
      servers: welcome.servers,
      page: welcome.page,
      platform: welcome.platform,
      lobby: welcome.lobby,
      authority: welcome.authority,
      ...(device ?? { administrator: false, creds }),
      ...(key && { accountKey: key }),
    });
    await context.writePins(
      Object.fromEntries(Object.entries(pins).map(([handle, key]) => [Handle.parse(handle), key])),
    );
    await restoreCodes(opened.backup, codesOfContext(context));
    if ((await currentName()) === undefined) await useContext(name);
    say({ name, account, holdsKey: accountSeed !== undefined });
  },
  show({ name, account, holdsKey }, ui) {
    ui.out(`context ${name} is ${account}`);
    if (holdsKey) ui.out("this machine is a new device of it; natster devices lists those that it had");
  },
});
