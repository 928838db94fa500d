/** Where something is to go. */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../failure.ts";

/** Whether there is a folder. */
export const isFolder = (path: string): boolean => find(path)?.isDirectory() ?? false;

/** Throws `Failure` where a file stands where a folder is wanted, or one that leads there. */
export function checkFolder(path: string): void {
  for (let at = path; ; at = dirname(at)) {
    const found = find(at);
    if (found?.isDirectory() || at === dirname(at)) return;
    if (found) throw new Failure(`${at} is a file, not a folder`, { next: "the same with another folder" });
  }
}

function find(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // What leads there is no folder, or may not be entered.
    return undefined;
  }
}
