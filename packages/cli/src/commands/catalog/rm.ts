import { CatalogName } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { askToServe, dropServed } from "../../serving/here.ts";
import { connectAs } from "../../system/connect.ts";

export default defineCommand({
  about:
    "Give up a catalog: every share of it ends, and this machine serves it no more. The folder and its files stay as they are.",
  arguments: [["<catalog>", "a catalog of yours"]],
  completes: "catalogs",
  examples: [["natster catalog rm photos", "ends every share of it"]],
  deed: true,
  input: z.object({ catalog: CatalogName }),
  output: z.strictObject({ catalog: CatalogName }),
  async run({ input: { catalog }, globals, say }) {
    await using person = await connectAs(globals);
    await person.catalog.retire({ catalog });
    await dropServed(person.context, catalog);
    await askToServe(person);
    say({ catalog });
  },
  show({ catalog }, ui) {
    ui.out(`gave up ${catalog}; its files are where they were`);
  },
});
