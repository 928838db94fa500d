import { CatalogName } from "@natster/contracts";
import { unpublish } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { connectAs } from "../system/connect.ts";

export default defineCommand({
  about: "Let only those read a catalog again with whom it is shared.",
  arguments: [["<catalog>", "a catalog of yours"]],
  completes: "catalogs",
  examples: [["natster unpublish talks", "what natster publish did, taken back"]],
  deed: true,
  input: z.object({ catalog: CatalogName }),
  output: z.strictObject({ catalog: CatalogName }),
  async run({ input: { catalog }, globals, say }) {
    await using person = await connectAs(globals);
    await unpublish(person, catalog);
    say({ catalog });
  },
  show({ catalog }, ui) {
    ui.out(`${catalog} is public no more`);
  },
});
