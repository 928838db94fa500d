import { readFile, realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CatalogName } from "@natster/contracts";
import type { Description, FilePath } from "@natster/contracts/files";
import { describeFiles, ManifestError, manifestFile } from "@natster/files/manifest";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { Failure } from "../failure.ts";
import { compare } from "../migrate/compare.ts";
import { filesOf, Library, shortened } from "../migrate/library.ts";
import { clean } from "../output/clean.ts";
import { showCount } from "../output/progress.ts";
import { counted } from "../output/words.ts";
import { askToServe, catalogNameOf } from "../serving/here.ts";
import { makeCatalog } from "../serving/make.ts";
import { checkServed } from "../serving/stay.ts";
import { connectAs } from "../system/connect.ts";
import { PathTyped } from "../typed.ts";

export default defineCommand({
  about: `Make a catalog from a library file of the Natster that Synadia published in 2024: the same folder, the same name, and what was said of each file, which goes into ${manifestFile} beside the files. Each file is compared with what the library says of it. Nothing is shared yet.`,
  arguments: [["<file>", "the library: NAME.json"]],
  options: [
    ["--root <folder>", "where the files are now, if they have moved"],
    ["--name <name>", "the catalog's name, where it is not to be the library's"],
  ],
  examples: [
    ["natster migrate ~/.natster/photos.json", "then natster share photos @bob"],
    ["natster migrate photos.json --root /mnt/photos", "from a library of another machine"],
  ],
  deed: true,
  input: z.object({ file: PathTyped, root: PathTyped.optional(), name: CatalogName.optional() }),
  output: z.strictObject({
    catalog: CatalogName,
    root: z.string(),
    /** How many files are what the library says, and of how many it says something. */
    same: z.int(),
    described: z.int(),
    /** Paths of files that have changed since, of those that are there no more, and of what is no path. */
    changed: z.array(z.string()),
    missing: z.array(z.string()),
    odd: z.array(z.string()),
    /** The library's image, which is not taken over: it would be fetched from whoever it names. */
    image: z.string().optional(),
    served: z.boolean(),
  }),
  async run({ input, globals, ui, signal, say }) {
    const library = readLibrary(input.file, await readFile(input.file, "utf8"));
    const root = await folderOf(resolve(input.root ?? library.root_dir), library.root_dir);
    const { files, odd } = filesOf(library);
    await using person = await connectAs(globals);
    using progress = showCount(ui, "files compared");
    const { same, changed, missing } = await compare(root, files, { signal, onFile: progress.update });
    progress[Symbol.dispose]();

    const texts = new Map<FilePath, Description>();
    for (const { path, description } of files) if (description !== undefined) texts.set(path, description);
    await writeDescriptions(root, texts);
    const description = shortened(library.description.replace(/\p{Cc}+/gu, " ").trim(), 256);
    const catalog = await makeCatalog(person, root, {
      name: input.name ?? catalogNameOf(library.name),
      dotfiles: false,
      ...(description !== "" && { description }),
    });
    const asked = await askToServe(person);
    if (asked) checkServed(asked, catalog);
    say({
      catalog,
      root,
      same: same.length,
      described: texts.size,
      changed: [...changed],
      missing: [...missing],
      odd,
      ...(library.image && { image: library.image }),
      served: asked !== undefined,
    });
  },
  show({ catalog, root, same, described, changed, missing, odd, image, served }, ui) {
    ui.out(`${ui.style("green", "●")} ${catalog} is ${root}: ${counted(same, "file")} as the library says`);
    if (described > 0) ui.out(`${counted(described, "description")} kept, in ${manifestFile}`);
    for (const [paths, what] of [
      [changed, "changed since"],
      [missing, "there no more"],
      [odd, "no path in a folder"],
    ] as const) {
      for (const path of paths.slice(0, most)) ui.out(`  ${what}: ${clean(path)}`);
      if (paths.length > most) ui.out(`  and ${(paths.length - most).toLocaleString("en")} more ${what}`);
    }
    if (image !== undefined) ui.note("its image is left out: whoever looked at it would be seen by whom it names");
    ui.note(served ? `natster share ${catalog} shares it` : "natster serve serves it");
  },
});

/** So many paths of a kind are named; `--json` names all. */
const most = 10;

function readLibrary(path: string, text: string): Library {
  try {
    const library = Library.safeParse(JSON.parse(text));
    if (library.success) return library.data;
    throw new Error(z.prettifyError(library.error).split("\n").slice(0, 4).join("; "));
  } catch (cause) {
    throw new Failure(`${path} is no library file`, { cause, next: "look for NAME.json in ~/.natster" });
  }
}

async function folderOf(path: string, said: string): Promise<string> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) return realpath(path);
  throw new Failure(`${path} is not a folder of this machine`, {
    next: `the same with --root FOLDER, where the files of ${said} are now`,
  });
}

async function writeDescriptions(root: string, texts: ReadonlyMap<FilePath, Description>): Promise<void> {
  if (texts.size === 0) return;
  try {
    await describeFiles(root, texts);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new Failure(error.message, { next: "mend it by hand, or move it away" });
  }
}
