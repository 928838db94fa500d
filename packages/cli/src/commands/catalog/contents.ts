import { FileEntry } from "@natster/contracts/files";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { table } from "../../output/table.ts";
import { counted, moment, size } from "../../output/words.ts";
import { filesAt, openShelf } from "../../system/catalog.ts";
import { connectAs } from "../../system/connect.ts";
import { ReferenceTyped } from "../../system/reference.ts";

export default defineCommand({
  about: "List every file of a catalog with its digest.",
  arguments: [["<catalog>", "photos, @alice/photos, or a folder in one"]],
  completes: "catalogs",
  examples: [["natster catalog contents @alice/photos", "every file, its size, type and SHA-256"]],
  input: z.object({ catalog: ReferenceTyped }),
  output: z.strictObject({ name: z.string(), revision: z.int(), files: z.array(FileEntry) }),
  async run({ input: { catalog }, globals, ui, signal, say }) {
    await using person = await connectAs(globals);
    const shelf = await openShelf(person, catalog, ui);
    say({ name: shelf.name, revision: shelf.reader.revision, files: await filesAt(shelf, catalog.path, signal) });
  },
  show({ files }, ui) {
    table(ui, files, [
      { title: "SIZE", text: (file) => size(file.size), align: "right" },
      { title: "NAME", text: ({ path }) => path, flexible: true },
      { title: "TYPE", text: ({ type }) => type, optional: true },
      { title: "MODIFIED", text: ({ modified }) => moment(modified), optional: true },
      { title: "SHA-256", text: ({ digest }) => digest.slice(0, 12), optional: true },
    ]);
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    ui.note(`${counted(files.length, "file")}, ${size(bytes)}`);
  },
});
