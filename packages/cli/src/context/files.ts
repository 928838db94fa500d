/** Files that are written in one step and that nobody else may read. */
import { randomBytes } from "node:crypto";
import { chmod, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readIfThere } from "@natster/files/if-there";
import { makeFolder } from "@natster/files/make-folder";
import * as z from "zod";

/** A file that is not what it ought to be. */
export class BrokenFileError extends Error {
  override readonly name = "BrokenFileError";
  readonly path: string;

  constructor(path: string, why: string) {
    super(`${path} cannot be read: ${why}`);
    this.path = path;
  }
}

/** Makes a directory that only its owner may enter. */
export async function makePrivate(directory: string): Promise<void> {
  if (!makeFolder(directory, 0o700)) await chmod(directory, 0o700);
}

/** Writes a file of a folder that is nobody else's; see `writeWhole`. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await makePrivate(dirname(path));
  await writeWhole(path, text);
}

/** Writes a file of mode 0600 in one step: whoever reads it finds the old text or the new, even after a power loss. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const next = join(dirname(path), `.${randomBytes(6).toString("hex")}.new`);
  try {
    {
      await using file = await open(next, "wx", 0o600);
      await file.writeFile(text);
      await file.sync();
    }
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

/** Writes a value as JSON. */
export const writeJson = (path: string, value: unknown): Promise<void> =>
  writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`);

/** Reads JSON of a schema; undefined where there is no such file. Throws `BrokenFileError`. */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(path, text));
  if (!parsed.success) throw new BrokenFileError(path, z.prettifyError(parsed.error));
  return parsed.data;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BrokenFileError(path, error instanceof Error ? error.message : String(error));
  }
}
