/** A library file of the Natster that Synadia published in 2024: what it holds, as a folder of this machine has it. */
import { Description, FilePath } from "@natster/contracts/files";
import * as z from "zod";

const Entry = z.looseObject({
  path: z.string(),
  description: z.string().default(""),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "expected a SHA-256")
    .transform((hash) => hash.toLowerCase()),
  byte_size: z.int().nonnegative(),
});

/** The file, as that Natster wrote it; what else stands in it is let be. */
export const Library = z.looseObject({
  name: z.string().min(1),
  root_dir: z.string().min(1),
  description: z.string().default(""),
  image: z.string().optional(),
  entries: z.array(Entry).nullable().default([]),
});
export type Library = z.output<typeof Library>;

/** One file of a library, under the path that it has in a catalog. */
export interface LibraryFile {
  readonly path: FilePath;
  readonly digest: string;
  readonly size: number;
  readonly description: Description | undefined;
}

/** What that Natster wrote where nobody had said anything. */
const saysNothing = /^(?:auto-imported library entry)?$/i;

/**
 * The files of a library: a leading `/` or `./`, which paths had after some roots, is taken off, and of several entries
 * for one file the last one counts. `odd` are paths that lead nowhere inside a folder.
 */
export function filesOf({ entries }: Library): { readonly files: readonly LibraryFile[]; readonly odd: string[] } {
  const files = new Map<FilePath, LibraryFile>();
  const odd: string[] = [];
  for (const { path: written, description, hash: digest, byte_size: size } of entries ?? []) {
    const path = FilePath.safeParse(
      written
        .split("/")
        .filter((name) => name !== "" && name !== ".")
        .join("/"),
    );
    if (path.success) files.set(path.data, { path: path.data, digest, size, description: described(description) });
    else odd.push(written);
  }
  return { files: [...files.values()], odd };
}

/** What is too long is cut behind a whole character, and says so. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = "";
  for (const { segment } of characters.segment(text)) {
    if (kept.length + segment.length >= most) break;
    kept += segment;
  }
  return `${kept}…`;
}

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Line breaks stay, and other control characters go. */
function described(text: string): Description | undefined {
  const plain = text.replace(/[^\P{Cc}\n]/gu, " ").trim();
  return saysNothing.test(plain) ? undefined : Description.parse(shortened(plain, 512));
}
