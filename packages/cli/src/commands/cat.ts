import { createHash } from "node:crypto";
import { once } from "node:events";
import { DigestMismatchError } from "@natster/files";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { UsageError } from "../failure.ts";
import { fileAt, openShelf } from "../system/catalog.ts";
import { connectAs } from "../system/connect.ts";
import { ReferenceTyped } from "../system/reference.ts";

export default defineCommand({
  about: "Write a file to standard output, and check it: a wrong byte makes the exit code 1.",
  arguments: [["<file>", "a file in a catalog: photos/a.jpg, @alice/photos/a.jpg"]],
  completes: "catalogs",
  examples: [["natster cat @alice/notes/today.md | less", "reads a file without keeping it"]],
  input: z.object({ file: ReferenceTyped }),
  output: z.never(),
  async run({ input: { file }, globals, ui, signal }) {
    if (globals.json) throw new UsageError("cat writes the file itself; natster stat says what it is");
    await using person = await connectAs(globals);
    const shelf = await openShelf(person, file, ui);
    const entry = await fileAt(shelf, file.path, signal);
    const hash = createHash("sha256");
    for await (const bytes of shelf.reader.openFile(entry).stream(0, entry.size, signal)) {
      hash.update(bytes);
      if (!process.stdout.write(bytes)) await once(process.stdout, "drain", { signal });
    }
    const found = hash.digest("hex");
    if (found !== entry.digest) throw new DigestMismatchError(entry.path, entry.digest, found);
  },
  show() {},
});
