/** Makes a folder, and those that lead to it. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** There is nothing in the way, and yet no folder can be made there: in `/proc`, say. */
export class NoFolderError extends Error {
  override readonly name = "NoFolderError";
}

/**
 * Makes a folder where there is none, one step after the other, and tells whether it did. Node's own way never ends where
 * a file system takes no folders, and of a disk that cannot be written it gives another reason. Throws `NoFolderError`,
 * or what the system says of the first step that cannot be made.
 */
export function makeFolder(path: string, mode = 0o777): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, mode);
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new NoFolderError(`no folder can be made at ${path}`, { cause: error });
    // Somebody else made it meanwhile.
    if (code === "EEXIST" && statSync(path).isDirectory()) return false;
    throw error;
  }
}
