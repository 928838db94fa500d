import { AccountKey, Label } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { connectAs } from "../../system/connect.ts";
import { enforced } from "../../system/enforcement.ts";
import { accountOf, called, PersonTyped } from "../../system/people.ts";

export default defineCommand({
  about:
    "Let nobody connect to an account until it is resumed. Its devices are cut off within a second; what it shares and has stays as it is.",
  arguments: [["<who>", "@handle, or the key of an account"]],
  options: [["--reason <text>", "why, for the record"]],
  examples: [["natster ops suspend @mallory --reason spam", "until natster ops resume @mallory; for administrators"]],
  input: z.object({ who: PersonTyped, reason: Label.optional() }),
  output: z.strictObject({ account: AccountKey, who: z.string() }),
  async run({ input: { who, reason }, globals, ui, say }) {
    await using person = await connectAs(globals);
    const account = await accountOf(person, who, ui);
    const { after } = await person.accounts.suspend({ account, ...(reason !== undefined && { reason }) });
    await enforced(person, account, after);
    say({ account, who: called(who) });
  },
  show({ who }, ui) {
    ui.out(`${who} is let in no more; natster ops resume ${who} ends that`);
  },
});
