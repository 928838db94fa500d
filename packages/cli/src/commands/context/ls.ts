import { AccountKey } from "@natster/contracts";
import * as z from "zod";
import { contextNames, currentName, openContext } from "../../context/context.ts";
import { defineCommand } from "../../define.ts";
import { table } from "../../output/table.ts";
import { fingerprint, shortPath } from "../../output/words.ts";

export default defineCommand({
  about: "List the accounts that this machine knows, each on a system. The one in use has a star.",
  examples: [["natster context ls", "every context, and which is in use"]],
  input: z.object({}),
  output: z.strictObject({
    contexts: z.array(
      z.strictObject({
        name: z.string(),
        inUse: z.boolean(),
        account: AccountKey,
        servers: z.array(z.string()),
        page: z.string().optional(),
        directory: z.string(),
        /** The file of the authority that this context believes besides those that everybody knows. */
        authority: z.string().optional(),
      }),
    ),
  }),
  async run({ say }) {
    const current = await currentName();
    const contexts = await Promise.all((await contextNames()).map((name) => openContext(name)));
    say({
      contexts: contexts.map(({ name, account, servers, page, directory, authority }) => ({
        name,
        inUse: name === current,
        account,
        servers,
        directory,
        ...(page !== undefined && { page }),
        ...(authority && { authority: authority.file }),
      })),
    });
  },
  show({ contexts }, ui) {
    if (contexts.length === 0) {
      ui.note("no account is here yet; natster up makes one, and natster redeem LINK joins another system");
      return;
    }
    table(ui, contexts, [
      { title: " ", text: ({ inUse }) => (inUse ? "*" : " ") },
      { title: "CONTEXT", text: ({ name }) => name, flexible: true },
      { title: "ACCOUNT", text: ({ account }) => fingerprint(account) },
      { title: "SYSTEM", text: ({ page, servers }) => page ?? servers.join(","), optional: true },
      {
        title: "AUTHORITY",
        text: ({ authority }) => (authority === undefined ? "" : shortPath(authority)),
        optional: true,
      },
    ]);
  },
});
