/** Where a file of a catalog goes below a folder, and never outside it. */
import { lstat, mkdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { makeFolder } from "../make-folder.ts";

/** A file would land outside the folder that was chosen for it, or has a name that this system cannot hold. */
export class UnsafePathError extends Error {
  override readonly name = "UnsafePathError";
}

/** Something that is no folder stands where one is wanted: a file, or a link, which could lead anywhere. */
export class InTheWayError extends UnsafePathError {
  /** Where it stands on this machine. */
  readonly place: string;

  constructor(place: string) {
    super(`${place} is in the way: it is not a folder`);
    this.place = place;
  }
}

/** What Windows reads as more than a name: other separators, drives and streams, devices, and what it cuts off. */
const notForWindows = /[\\:*?"<>|\p{Cc}]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/** The path of a file below a folder. Throws `UnsafePathError`. */
export function placeOf(folder: string, path: string, platform: NodeJS.Platform = process.platform): string {
  const names = path.split("/");
  const harmless = names.every((name) => name !== "" && name !== "." && name !== ".." && !name.includes("\0"));
  const writable = platform !== "win32" || !names.some((name) => notForWindows.test(name));
  const place = join(folder, ...names);
  const steps = relative(folder, place).split(sep);
  if (!harmless || !writable || steps[0] === ".." || steps.length !== names.length) {
    throw new UnsafePathError(`${JSON.stringify(path)} cannot be written below ${folder}`);
  }
  return place;
}

/**
 * Makes the folders for a file below `folder`, one step after the other. A link in the way is refused: it could lead
 * anywhere. Throws `InTheWayError`.
 */
export async function makeFoldersFor(folder: string, path: string): Promise<void> {
  makeFolder(folder);
  let at = folder;
  for (const name of path.split("/").slice(0, -1)) {
    at = join(at, name);
    const made = await mkdir(at).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return false;
        throw error;
      },
    );
    if (!made && !(await lstat(at)).isDirectory()) throw new InTheWayError(at);
  }
}
