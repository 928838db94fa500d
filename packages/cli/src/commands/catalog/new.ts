import { realpath } from "node:fs/promises";
import { CatalogName, Label } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { addServed, askToServe } from "../../serving/here.ts";
import { checkServed } from "../../serving/stay.ts";
import { connectAs } from "../../system/connect.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about: "Make a catalog under a name of its own; with a folder, this machine serves it from there.",
  arguments: [
    ["<name>", "lower-case letters, digits and inner dashes"],
    ["[folder]", "what it holds"],
  ],
  options: [
    ["--description <text>", "what it holds, in a line"],
    ["--dotfiles", "with files and folders whose names begin with a dot"],
  ],
  examples: [["natster catalog new photos ~/Pictures/Best", "a folder under another name"]],
  deed: true,
  input: z.object({
    name: CatalogName,
    folder: PathTyped.optional(),
    description: Label.optional(),
    dotfiles: z.boolean().default(false),
  }),
  output: z.strictObject({ catalog: CatalogName, root: z.string().optional(), served: z.boolean() }),
  async run({ input: { name: catalog, folder, description, dotfiles }, globals, say }) {
    await using person = await connectAs(globals);
    const root = folder === undefined ? undefined : await realpath(folder);
    await person.catalog.create({ catalog, ...(description !== undefined && { description }) });
    if (root === undefined) {
      say({ catalog, served: false });
      return;
    }
    await addServed(person.context, catalog, root, dotfiles);
    const asked = await askToServe(person);
    if (asked) checkServed(asked, catalog);
    say({ catalog, root, served: asked !== undefined });
  },
  show({ catalog, root, served }, ui) {
    ui.out(`made ${catalog}${root === undefined ? "" : `, which is ${root}`}`);
    if (!served) ui.note(root === undefined ? `natster serve ${catalog}=DIR serves it` : "natster serve serves it");
  },
});
