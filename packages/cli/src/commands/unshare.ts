import { AccountKey, CatalogName } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import { unshare } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { type Connected, connectAs } from "../system/connect.ts";
import { Failure } from "../failure.ts";
import { accountOf, called, PersonTyped } from "../system/people.ts";

export default defineCommand({
  about:
    "Take a catalog back from somebody: nats-server itself refuses them from then on, and a running transfer stops.",
  arguments: [
    ["<catalog>", "a catalog of yours"],
    ["<with>", "@handle, or the key of an account"],
  ],
  completes: "catalogs",
  examples: [["natster unshare photos @bob", "takes it back, and waits until that is enforced"]],
  deed: true,
  input: z.object({ catalog: CatalogName, with: PersonTyped }),
  output: z.strictObject({ catalog: CatalogName, recipient: AccountKey, with: z.string() }),
  async run({ input, globals, ui, say }) {
    await using person = await connectAs(globals);
    const recipient = await accountOf(person, input.with, ui);
    const whom = called(input.with);
    try {
      await unshare(person, input.catalog, recipient, await person.context.accountKey());
    } catch (error) {
      throw isRefusal(error, "share_unknown") ? await whyNot(person, input.catalog, whom) : error;
    }
    say({ catalog: input.catalog, recipient, with: whom });
  },
  show({ catalog, with: whom }, ui) {
    ui.out(`${catalog} is shared with ${whom} no more`);
  },
});

/** Nothing is shared there: the name may be mistyped, or it was taken back before. */
async function whyNot(person: Connected, catalog: CatalogName, whom: string): Promise<Failure> {
  const next = "natster catalog ls, which says what is shared with whom";
  const there = await person.library.catalog({ owner: person.account, catalog }).then(
    () => true,
    (error: unknown) => {
      if (isRefusal(error, "catalog_unknown")) return false;
      throw error;
    },
  );
  if (!there) return new Failure(`you have no catalog ${catalog}`, { next });
  return new Failure(`${catalog} is not shared with ${whom}: it never was, or it was taken back`, { next });
}
