import { FileEntry } from "@natster/contracts/files";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { clean } from "../output/clean.ts";
import { moment, size as inWords } from "../output/words.ts";
import { fileAt, openShelf } from "../system/catalog.ts";
import { connectAs } from "../system/connect.ts";
import { ReferenceTyped } from "../system/reference.ts";

export default defineCommand({
  arguments: [["<file>", "a file in a catalog: photos/a.jpg, @alice/photos/a.jpg"]],
  completes: "catalogs",
  examples: [["natster stat @alice/photos/a.jpg", "its size, type, date and SHA-256"]],
  input: z.object({ file: ReferenceTyped }),
  output: FileEntry,
  async run({ input: { file }, globals, ui, signal, say }) {
    await using person = await connectAs(globals);
    say(await fileAt(await openShelf(person, file, ui), file.path, signal));
  },
  show({ path, size, type, modified, digest, description }, ui) {
    const line = (name: string, value: string) => ui.out(`${ui.style("dim", name.padEnd(9))} ${value}`);
    line("path", clean(path));
    line("size", size < 1_000 ? `${size} bytes` : `${inWords(size)}, ${size.toLocaleString("en")} bytes`);
    line("type", type);
    line("modified", moment(modified));
    line("sha-256", digest);
    if (description !== undefined) line("about", clean(description));
  },
});
