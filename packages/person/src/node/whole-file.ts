/** Files of a folder that is its owner's alone: written whole and synced, or not at all. */
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a value, in the place of the one before. */
export const replaceFile = (path: string, value: object): Promise<void> =>
  write(path, value, (fresh) => rename(fresh, path));

/** Writes a value, or leaves the one that is there; whether it was written. */
export async function writeOnce(path: string, value: object): Promise<boolean> {
  try {
    // A link, unlike a rename, never takes the place of what is there.
    await write(path, value, (fresh) => link(fresh, path));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Mode 0600 in a folder of 0700. */
async function write(path: string, value: object, put: (fresh: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}.${crypto.randomUUID()}`;
  try {
    await using file = await open(fresh, "wx", 0o600);
    await file.writeFile(JSON.stringify(value));
    await file.sync();
    await put(fresh);
  } finally {
    await rm(fresh, { force: true });
  }
  await using directory = await open(folder, "r");
  await directory.sync();
}
