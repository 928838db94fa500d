import { AccountKey, CatalogName } from "@natster/contracts";
import { unshare } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { connectAs } from "../system/connect.ts";
import { accountOf, PersonTyped } from "../system/people.ts";

export default defineCommand({
  about:
    "Take a catalog back from somebody: nats-server itself refuses them from then on, and a running transfer stops.",
  arguments: [
    ["<catalog>", "a catalog of yours"],
    ["<with>", "@handle, or the key of an account"],
  ],
  completes: "catalogs",
  examples: [["natster unshare photos @bob", "takes it back, and waits until that is enforced"]],
  input: z.object({ catalog: CatalogName, with: PersonTyped }),
  output: z.strictObject({ catalog: CatalogName, recipient: AccountKey, with: z.string() }),
  async run({ input, globals, ui, say }) {
    await using person = await connectAs(globals);
    const recipient = await accountOf(person, input.with, ui);
    await unshare(person, input.catalog, recipient, await person.context.accountKey());
    say({ catalog: input.catalog, recipient, with: "handle" in input.with ? `@${input.with.handle}` : recipient });
  },
  show({ catalog, with: whom }, ui) {
    ui.out(`${catalog} is shared with ${whom} no more`);
  },
});
