import * as z from "zod";
import { ContextName, openContext, removeContext } from "../../context/context.ts";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";

export default defineCommand({
  about:
    "Take an account off this machine. Where its own key is only here, the account is lost with it, so that has to be said.",
  arguments: [["<name>", "a context, as natster context ls lists it"]],
  options: [["--with-key", "even though the account's own key goes with it"]],
  examples: [["natster context rm work", "forgets it here; the account stays as it is"]],
  deed: true,
  input: z.object({ name: ContextName, withKey: z.boolean().default(false) }),
  output: z.strictObject({ name: z.string() }),
  async run({ input: { name, withKey }, say }) {
    const context = await openContext(name);
    if (!withKey && (await context.accountKey())) {
      throw new Failure(`${name} holds the account's own key, and nothing can make it again`, {
        next: `natster context export ${name} keeps it; natster context rm ${name} --with-key takes it away`,
      });
    }
    await removeContext(name);
    say({ name });
  },
  show({ name }, ui) {
    ui.out(`context ${name} is on this machine no more`);
    ui.note("Its device is still let in: natster devices revoke, on another device of the account, ends that.");
  },
});
