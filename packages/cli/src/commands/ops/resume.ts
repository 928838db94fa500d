import { AccountKey } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { connectAs } from "../../system/connect.ts";
import { enforced } from "../../system/enforcement.ts";
import { accountOf, called, PersonTyped } from "../../system/people.ts";

export default defineCommand({
  about: "Let a suspended account connect again, with everything that it had.",
  arguments: [["<who>", "@handle, or the key of an account"]],
  examples: [["natster ops resume @mallory", "for administrators"]],
  input: z.object({ who: PersonTyped }),
  output: z.strictObject({ account: AccountKey, who: z.string() }),
  async run({ input: { who }, globals, ui, say }) {
    await using person = await connectAs(globals);
    const account = await accountOf(person, who, ui);
    const { after } = await person.accounts.resume({ account });
    await enforced(person, account, after);
    say({ account, who: called(who) });
  },
  show({ who }, ui) {
    ui.out(`${who} is let in again`);
  },
});
