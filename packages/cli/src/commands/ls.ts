import * as z from "zod";
import { defineCommand } from "../define.ts";
import { catalogsOf, Listed, showCatalogs } from "../ls/catalogs.ts";
import { Item, oneLevel, showItems } from "../ls/items.ts";
import { filesAt, openShelf } from "../system/catalog.ts";
import { connectAs } from "../system/connect.ts";
import { ReferenceTyped } from "../system/reference.ts";

export default defineCommand({
  about: "List your catalogs and those that are shared with you, or what is in one of them.",
  arguments: [["[what]", "a catalog, or a folder in it: photos, @alice/photos/2026"]],
  options: [
    ["-t, --tree", "everything below, as a tree"],
    ["-a, --all", "every file below, by its path"],
    ["--names", "nothing but the names of catalogs, one a line"],
  ],
  completes: "catalogs",
  examples: [
    ["natster ls", "every catalog, with a dot where it is served"],
    ["natster ls @alice/photos", "what is in it"],
    ["natster ls photos/2026 --tree", "all that is below a folder"],
  ],
  input: z.object({
    what: ReferenceTyped.optional(),
    tree: z.boolean().default(false),
    all: z.boolean().default(false),
    names: z.boolean().default(false),
  }),
  output: z.union([
    z.strictObject({ catalogs: z.array(Listed) }),
    z.strictObject({ names: z.array(z.string()) }),
    z.strictObject({ name: z.string(), path: z.string(), tree: z.boolean(), items: z.array(Item) }),
  ]),
  async run({ input: { what, tree, all, names }, globals, ui, signal, say }) {
    await using person = await connectAs(globals);
    if (!what) {
      const catalogs = await catalogsOf(person);
      return say(names ? { names: catalogs.map(({ name }) => name) } : { catalogs });
    }
    const shelf = await openShelf(person, what, ui);
    const files = await filesAt(shelf, what.path, signal);
    const items = tree || all ? files.map((file) => ({ kind: "file" as const, ...file })) : oneLevel(files, what.path);
    say({ name: shelf.name, path: what.path, tree, items });
  },
  show(said, ui) {
    if ("names" in said) for (const name of said.names) ui.data(name);
    else if ("catalogs" in said) showCatalogs(said.catalogs, ui);
    else showItems(said, ui);
  },
});
