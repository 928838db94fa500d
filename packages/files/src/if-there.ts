/** Only that there is none counts as none: what is there and cannot be read is an error. */
import { readFile } from "node:fs/promises";

/** What a file says; undefined where there is none. */
export const readIfThere = (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(unlessMissing);

/** For the `catch` of what reads a file or a folder: undefined where there is none. Throws whatever else it was. */
export function unlessMissing(error: unknown): undefined {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
