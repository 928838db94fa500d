import { CatalogName } from "@natster/contracts";
import { Description, FilePath } from "@natster/contracts/files";
import { describeFiles, ManifestError, manifestFile } from "@natster/files/manifest";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { Failure, UsageError } from "../../failure.ts";
import { clean } from "../../output/clean.ts";
import { connectAs, type Connected } from "../../system/connect.ts";
import { ReferenceTyped, written } from "../../system/reference.ts";

export default defineCommand({
  about: `Say in a line what a catalog holds, or what a file in it is; those with whom it is shared read it. What is said of files is in ${manifestFile} of the folder, which may be edited by hand.`,
  arguments: [
    ["<what>", "a catalog of yours, or a file in one that this machine serves"],
    ["<text>", "a line: of a catalog at most 256 characters, of a file 512; an empty one takes a file's back"],
  ],
  completes: "catalogs",
  examples: [
    ["natster catalog describe photos 'Summer on the coast'", "what people see beside its name"],
    ["natster catalog describe photos/a.jpg 'The day the tide was out'", "what people see beside a file"],
  ],
  deed: true,
  input: z.object({ what: ReferenceTyped, text: z.string() }),
  output: z.strictObject({ catalog: CatalogName, path: z.string().optional(), description: z.string() }),
  async run({ input: { what, text: description }, globals, say }) {
    const { catalog, path, owner } = what;
    if (owner !== undefined) throw new UsageError("only what is yours is yours to describe");
    const [whose, most] = path === "" ? ["a catalog's", 256] : ["a file's", 512];
    if (description.length > most) throw new UsageError(`${whose} description has at most ${most} characters`);
    await using person = await connectAs(globals);
    if (path === "") {
      await person.catalog.describe({ catalog, description });
      return say({ catalog, description });
    }
    await describeFile(person, catalog, FilePath.parse(path), description);
    say({ catalog, path, description });
  },
  show({ catalog, path, description }, ui) {
    ui.out(`${clean(written(undefined, catalog, path))}: ${clean(description)}`);
  },
});

async function describeFile({ context }: Connected, catalog: CatalogName, path: FilePath, text: string): Promise<void> {
  const root = (await context.served())[catalog]?.root;
  if (root === undefined) {
    throw new Failure(`this machine does not serve ${catalog}`, { next: "the same on the machine where it is" });
  }
  const said = text === "" ? "" : Description.parse(text);
  try {
    await describeFiles(root, new Map([[path, said]]));
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new Failure(error.message, { next: "mend it by hand, or move it away" });
  }
}
