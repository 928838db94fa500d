/** Opening a file that is really where its path says, and nowhere else. */
import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, realpathSync } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { sep } from "node:path";

/** A link in the last step is not followed, and a pipe does not wait for its writer. Windows knows neither flag. */
export const openFlags: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What was opened is not the plain file that was found at this path: it was moved, replaced or linked elsewhere. */
export class NotThereError extends Error {
  override readonly name = "NotThereError";
}

/**
 * Throws unless the opened file is the plain file at `path`, with no link in any step: whoever may write to the folder
 * could have put one there since it was walked. `really` and `there` are looked up after opening.
 */
function assertThere(path: string, opened: BigIntStats, really: string, there: BigIntStats): void {
  const same = really === path && there.ino === opened.ino && there.dev === opened.dev;
  if (!same || !opened.isFile()) throw new NotThereError(`another file is at ${path}`);
}

/** Opens a plain file for reading by its real path, or throws. */
export async function openInside(path: string): Promise<FileHandle> {
  const handle = await open(path, openFlags);
  try {
    const opened = await handle.stat({ bigint: true });
    assertThere(path, opened, await realpath(path), await lstat(path, { bigint: true }));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The same in this thread, without leaving it: for what is small, that is many times as fast. Returns a descriptor. */
export function openInsideSync(path: string): number {
  const file = openSync(path, openFlags);
  try {
    const opened = fstatSync(file, { bigint: true });
    assertThere(path, opened, realpathSync.native(path), lstatSync(path, { bigint: true }));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** A real path below the root, relative to it with `/` between folders; "" is the root, undefined is outside. */
export function relativeTo(root: string, real: string): string | undefined {
  if (real === root) return "";
  const base = root.endsWith(sep) ? root : root + sep;
  return real.startsWith(base) ? real.slice(base.length).split(sep).join("/") : undefined;
}

/** The path to which all links in a path lead; undefined where that is nothing. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
