/** A file of an index, and the words in which it is found. */
import type { FileEntry } from "@natster/contracts/files";

/** A file as the serving side knows it. */
export interface IndexedFile {
  readonly entry: FileEntry;
  /** Its real path, relative to the root. */
  readonly at: string;
  /** What it looked like when it was hashed. */
  readonly fingerprint: string;
}

/** The folder and the name in a path; the folder of what lies in the root is "". */
export function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** The path of a name in a folder. */
export const below = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);
