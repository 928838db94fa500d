import { AccountKey } from "@natster/contracts";
import { AccountLimits } from "@natster/contracts/accounts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { connectAs } from "../../system/connect.ts";
import { enforced } from "../../system/enforcement.ts";
import { accountOf, called, PersonTyped } from "../../system/people.ts";

/** How many of something; -1 is without limit. */
const Most = z.coerce
  .number("expected a number")
  .int("expected a whole number")
  .min(-1, "expected 0 or more, or -1 for no limit")
  .optional();

export default defineCommand({
  about:
    "Give an account other limits than the usual ones. All of them are set at once: what is not named is as usual, and without any option everything is. -1 is no limit.",
  arguments: [["<who>", "@handle, or the key of an account"]],
  options: [
    ["--connections <count>", "connections at the same time, over all devices"],
    ["--subscriptions <count>", "subscriptions of one connection"],
    ["--payload <bytes>", "bytes of one message"],
    ["--catalogs <count>", "catalogs of its own"],
    ["--imports <count>", "catalogs of others"],
  ],
  examples: [
    ["natster ops limit @bob --imports 2000 --connections 200", "for administrators"],
    ["natster ops limit @bob", "as everybody else again"],
  ],
  input: z.object({
    who: PersonTyped,
    connections: Most,
    subscriptions: Most,
    payload: Most,
    catalogs: Most,
    imports: Most,
  }),
  output: z.strictObject({ account: AccountKey, who: z.string(), limits: AccountLimits }),
  async run({ input, globals, ui, say }) {
    const { who, connections: conn, subscriptions: subs, payload, catalogs, imports } = input;
    await using person = await connectAs(globals);
    const account = await accountOf(person, who, ui);
    const limits = AccountLimits.parse(
      Object.fromEntries(
        Object.entries({ conn, subs, payload, catalogs, imports }).filter(([, most]) => most !== undefined),
      ),
    );
    const { after } = await person.accounts.limit({ account, limits });
    await enforced(person, account, after);
    say({ account, who: called(who), limits });
  },
  show({ who, limits }, ui) {
    const said = Object.entries(limits).map(
      ([what, most]) => `${words[what] ?? what} ${most === -1 ? "no limit" : most}`,
    );
    ui.out(said.length === 0 ? `${who} has the usual limits` : `${who} has limits of its own: ${said.join(", ")}`);
  },
});

const words: Readonly<Record<string, string>> = {
  conn: "connections",
  subs: "subscriptions",
  payload: "bytes of a message",
};
