import { CatalogName } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { connectAs } from "../../system/connect.ts";

export default defineCommand({
  about: "Say in a line what a catalog holds; those with whom it is shared read it.",
  arguments: [
    ["<catalog>", "a catalog of yours"],
    ["<text>", "one line, at most 256 characters"],
  ],
  examples: [["natster catalog describe photos 'Summer on the coast'", "what people see beside its name"]],
  input: z.object({ catalog: CatalogName, text: z.string().max(256) }),
  output: z.strictObject({ catalog: CatalogName, description: z.string() }),
  async run({ input: { catalog, text: description }, globals, say }) {
    await using person = await connectAs(globals);
    await person.catalog.describe({ catalog, description });
    say({ catalog, description });
  },
  show({ catalog, description }, ui) {
    ui.out(`${catalog}: ${description}`);
  },
});
