import { AccountKey, CatalogName, Handle } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { showDoing } from "../output/progress.ts";
import { redeemCode } from "../system/redeem-code.ts";
import { PageTyped } from "../system/welcome.ts";

export default defineCommand({
  about:
    "Redeem a link or a code: to join a system, to get what somebody shares, or to sign in this machine as a device of yours. Whoever has no account yet gets one, whose key is made here.",
  arguments: [["<code>", "a link, or a code such as S7KQ2M4T-9PZD-WB3E-5HJN"]],
  options: [
    ["--server <url>", "the address of the system's page, where only the code is at hand"],
    ["--handle <handle>", "for a new account: the name that people know you by"],
  ],
  examples: [
    [
      "natster redeem 'https://files.example.org/#code=S7KQ2M4T-…'",
      "a link; the quotes keep the shell from reading it",
    ],
    ["natster redeem S7KQ2M4T-9PZD-WB3E-5HJN --server https://files.example.org", "a code"],
    ["natster redeem 'https://…' --ca ca.crt", "from a system with an authority of its own; later commands know it"],
  ],
  deed: true,
  input: z.object({ code: z.string(), server: PageTyped.optional(), handle: Handle.optional() }),
  output: z.strictObject({
    purpose: z.enum(["device", "share", "enrol"]),
    context: z.string(),
    account: AccountKey,
    /** Whether the account is a new one. */
    joined: z.boolean(),
    /** Whether this machine had used the code before, and has what it gives. */
    again: z.boolean(),
    handle: Handle.optional(),
    /** What was shared. */
    shared: z.strictObject({ name: z.string(), owner: AccountKey, catalog: CatalogName }).optional(),
  }),
  async run({ input, globals, ui, signal, say }) {
    using doing = showDoing(ui, "waiting for the machine that made the code");
    const redeemed = await redeemCode(input, globals, signal);
    doing[Symbol.dispose]();
    const { handle } = input;
    if (redeemed.joined && handle !== undefined && handle !== redeemed.handle)
      ui.note(`somebody else is @${handle} already`);
    say(redeemed);
  },
  show({ purpose, context, account, joined, again, handle, shared }, ui) {
    if (again) ui.out(`you used that code before${shared ? "" : `: it made context ${context}`}`);
    else if (purpose === "device") ui.out(`this machine is signed in as context ${context}`);
    else if (joined) ui.out(`you have an account, ${account}, as context ${context}; its key was made here`);
    if (joined && handle !== undefined) ui.out(`people know you as @${handle}`);
    if (shared) ui.out(`${shared.name} is yours to read: natster get ${shared.name}`);
    if (joined && handle === undefined) ui.note("natster rename HANDLE gives you a name that people can say");
    if (joined) ui.note("natster context export keeps a copy of the key, which is nowhere else");
  },
});
