import { AccountKey } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { Failure } from "../failure.ts";
import { connectAs } from "../system/connect.ts";
import { called, PersonTyped } from "../system/people.ts";

export default defineCommand({
  about:
    "Close your account for good: nobody connects as it again, what it shares ends, and its handle is free for others. Your files stay where they are. To be sure, type who you are.",
  arguments: [["<who>", "your own @handle, or the key of your account"]],
  examples: [["natster close @kim", "of @kim, by @kim"]],
  input: z.object({ who: PersonTyped }),
  output: z.strictObject({ account: AccountKey, context: z.string() }),
  async run({ input: { who }, globals, say }) {
    await using person = await connectAs(globals);
    const { handle } = await person.library.whoami({});
    if (
      ("account" in who ? who.account : undefined) !== person.account &&
      ("handle" in who ? who.handle : "") !== handle
    )
      throw new Failure(`you are not ${called(who)}, and only your own account is yours to close`, {
        next: "natster whoami",
      });
    await person.accounts.close({});
    say({ account: person.account, context: person.context.name });
  },
  show({ context }, ui) {
    ui.out(`your account is closed; natster context rm ${context} takes it off this machine`);
  },
});
