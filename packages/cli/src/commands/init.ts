import { AccountKey, Handle } from "@natster/contracts";
import { register } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { Failure } from "../failure.ts";
import { fingerprint, moment } from "../output/words.ts";
import { connectAs } from "../system/connect.ts";
import { contextNameFor, contextOn, joinAs } from "../system/join.ts";
import { PageTyped, welcomeAt } from "../system/welcome.ts";

export default defineCommand({
  about:
    "Register on a system that is open to newcomers: makes your account's key on this machine, and a context for it. Where a code is needed, natster redeem takes it.",
  arguments: [["<url>", "the address of the system's page"]],
  options: [["--handle <handle>", "the name that people know you by: 3 to 32 letters, digits and dashes"]],
  examples: [["natster init https://files.example.org --handle bob", "as @bob"]],
  deed: true,
  input: z.object({ url: PageTyped, handle: Handle.optional() }),
  output: z.strictObject({ context: z.string(), account: AccountKey, handle: Handle.optional(), page: z.url() }),
  async run({ input: { url, handle }, globals, say }) {
    const welcome = await welcomeAt(url, globals);
    const before = globals.context === undefined ? await contextOn(welcome, undefined) : undefined;
    if (before) {
      await using person = await connectAs({ ...globals, context: before.name });
      const { handle: known, since } = await person.library.whoami({});
      const who = known === undefined ? fingerprint(before.account) : `@${known}`;
      throw new Failure(`you are ${who} on ${welcome.page} since ${moment(since)}, as context ${before.name}`, {
        next: "natster whoami; the same with --context ANOTHER makes another account",
      });
    }
    const name = globals.context ?? (await contextNameFor(welcome.page));
    const { account } = await joinAs(name, welcome, globals.timeout, (place, key) =>
      register(place, { account: key, ...(handle !== undefined && { handle }) }),
    );
    say({ context: name, account, page: welcome.page, ...(handle !== undefined && { handle }) });
  },
  show({ context, account, handle, page }, ui) {
    ui.out(`you are ${handle === undefined ? account : `@${handle}`} on ${page}, as context ${context}`);
    ui.note("the account's key is on this machine and nowhere else; natster context export keeps a copy");
  },
});
