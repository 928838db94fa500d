import { AccountKey, Handle } from "@natster/contracts";
import * as z from "zod";
import { contextFor } from "../context/context.ts";
import { defineCommand } from "../define.ts";
import { Failure } from "../failure.ts";
import { fingerprint } from "../output/words.ts";

export default defineCommand({
  about:
    "Forget which account a handle stood for when it was first used here. Do so only after they told you, in another way than through this system, that their account is a new one.",
  arguments: [["<handle>", "such as @bob"]],
  examples: [["natster forget @bob", "after Bob told you so himself"]],
  deed: true,
  input: z.object({
    handle: z
      .string()
      .transform((text) => text.replace(/^@/, ""))
      .pipe(Handle),
  }),
  output: z.strictObject({ handle: Handle, account: AccountKey }),
  async run({ input: { handle }, globals, say }) {
    const context = await contextFor(globals.context);
    const { [handle]: account, ...rest } = await context.pins();
    if (account === undefined) throw new Failure(`@${handle} was never used here`, { next: "natster ls" });
    await context.writePins(rest);
    say({ handle, account });
  },
  show({ handle, account }, ui) {
    ui.out(`@${handle} is ${fingerprint(account)} no more; whoever it is next is believed`);
  },
});
