import { FileEntry } from "@natster/contracts/files";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { table } from "../../output/table.ts";
import { counted, moment, size } from "../../output/words.ts";
import { filesAt, openShelf } from "../../system/catalog.ts";
import { connectAs } from "../../system/connect.ts";
import { ReferenceTyped } from "../../system/reference.ts";

export default defineCommand({
  about:
    "Find files of a catalog by words in their paths or types; case does not matter, and every word has to be there.",
  arguments: [
    ["<catalog>", "photos, @alice/photos, or a folder in one"],
    ["<words...>", "what to look for"],
  ],
  completes: "catalogs",
  examples: [["natster catalog search @alice/photos beach jpeg", "every JPEG with beach in its path"]],
  input: z.object({ catalog: ReferenceTyped, words: z.array(z.string()).min(1) }),
  output: z.strictObject({ name: z.string(), files: z.array(FileEntry) }),
  async run({ input: { catalog, words }, globals, ui, signal, say }) {
    await using person = await connectAs(globals);
    const shelf = await openShelf(person, catalog, ui);
    const sought = words.map(comparable);
    const files = (await filesAt(shelf, catalog.path, signal)).filter(({ path, type }) => {
      const text = comparable(`${path} ${type}`);
      return sought.every((word) => text.includes(word));
    });
    say({ name: shelf.name, files });
  },
  show({ files }, ui) {
    if (files.length > 0) {
      table(ui, files, [
        { title: "SIZE", text: (file) => size(file.size), align: "right" },
        { title: "NAME", text: ({ path }) => path, flexible: true },
        { title: "MODIFIED", text: ({ modified }) => moment(modified), optional: true },
      ]);
    }
    ui.note(`${counted(files.length, "file")} found`);
  },
});

/** An `é` is found however it is written, and by an `e` too. */
const comparable = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
