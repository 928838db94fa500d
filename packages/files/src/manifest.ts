/**
 * The manifest of a folder, `.natster.json` beside its files: what is to be said of them. People may edit it by hand.
 *
 *     { "descriptions": { "2026/beach.jpg": "The day the tide was out" } }
 */
import { randomBytes } from "node:crypto";
import { lstat, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Description, FilePath } from "@natster/contracts/files";
import * as z from "zod";

export const manifestFile = ".natster.json";

/** The most that is read: a line for each of some hundred thousand files. */
const mostBytes = 64 * 2 ** 20;

const Manifest = z.looseObject({ descriptions: z.record(z.string(), z.string()).default({}) });

/** The manifest cannot be understood; it stays as it is. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

/** What is said of files, by their paths. What is no path of a catalog, or too long, is not in it. */
export type Descriptions = ReadonlyMap<FilePath, Description>;

/** Reads what is said of the files of a folder; nothing where it has no manifest. Throws `ManifestError`. */
export async function readDescriptions(root: string): Promise<Descriptions> {
  const { descriptions } = await readManifest(root);
  const found = new Map<FilePath, Description>();
  for (const [path, text] of Object.entries(descriptions)) {
    const [at, said] = [FilePath.safeParse(path), Description.safeParse(text)];
    if (at.success && said.success) found.set(at.data, said.data);
  }
  return found;
}

/** Says something of files; nothing more of those with an empty text. What else the manifest holds stays. */
export async function describeFiles(root: string, texts: ReadonlyMap<FilePath, Description | "">): Promise<void> {
  const manifest = await readManifest(root);
  const descriptions = { ...manifest.descriptions };
  for (const [path, text] of texts) {
    if (text === "") delete descriptions[path];
    else descriptions[path] = text;
  }
  await write(join(root, manifestFile), `${JSON.stringify({ ...manifest, descriptions }, null, 2)}\n`);
}

/** What is said of a folder's files, read again where the manifest is another one than before. */
export class FollowedManifest {
  readonly #root: string;
  readonly #onTrouble: (error: unknown) => void;
  #seen: string | undefined;
  #descriptions: Promise<Descriptions> = Promise.resolve(new Map());

  /** `onTrouble` is told of a manifest that cannot be understood, once; nothing is said of any file then. */
  constructor(root: string, onTrouble: (error: unknown) => void) {
    this.#root = root;
    this.#onTrouble = onTrouble;
  }

  /** As they are now. */
  async descriptions(): Promise<Descriptions> {
    const there = await lstat(join(this.#root, manifestFile), { bigint: true }).catch(() => undefined);
    const now = there && `${there.ino} ${there.size} ${there.mtimeNs}`;
    if (now !== this.#seen) {
      this.#seen = now;
      this.#descriptions = readDescriptions(this.#root).catch((error: unknown) => {
        this.#onTrouble(error);
        return new Map();
      });
    }
    return this.#descriptions;
  }
}

async function readManifest(root: string): Promise<z.output<typeof Manifest>> {
  const path = join(root, manifestFile);
  const there = await lstat(path).catch(() => undefined);
  if (!there) return { descriptions: {} };
  // A link could lead out of the folder.
  if (!there.isFile() || there.size > mostBytes) throw new ManifestError(`${path} is no manifest`);
  try {
    return Manifest.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ManifestError(`${path} cannot be read: ${why}`);
  }
}

/** In one step: whoever reads it finds the old text or the new. */
async function write(path: string, text: string): Promise<void> {
  const next = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    {
      await using file = await open(next, "wx");
      await file.writeFile(text);
      await file.sync();
    }
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}
