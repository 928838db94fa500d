/** Looks at some files: which are as they were known, and what is in the others. */
import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { fingerprintOf } from "./fingerprint.ts";
import { type Hashed, hashFile, type NotHashed } from "./hash-file.ts";
import { realPath } from "./inside.ts";

/** Which files, by their real paths. Lists side by side, since these go from thread to thread by the thousand. */
export interface Looking {
  readonly paths: readonly string[];
  /** What each looked like when it was last hashed; undefined for a new one. */
  readonly known: readonly (string | undefined)[];
  /** A file that was changed within so many milliseconds is left for later. */
  readonly quiet: number;
}

/** What became of one. */
export type Looked = "same" | Hashed | NotHashed;

/** How much is hashed in one go, so that a folder of films is shared among threads. */
export interface Budget {
  readonly bytes: number;
  /** Whether the first file is looked at however large it is. */
  readonly must: boolean;
}

/**
 * Looks at files one after the other, until it has hashed about so many bytes; the answer ends there. It belongs into a
 * worker. Whoever may write to a folder could put a link in the place of one that leads to a file: that each is still
 * where its path says is seen before and after.
 */
export function look({ paths, known, quiet }: Looking, { bytes, must }: Budget): Looked[] {
  const folders = new Map<string, boolean>();
  const isThere = (folder: string): boolean => {
    const there = folders.get(folder) ?? isReal(folder);
    folders.set(folder, there);
    return there;
  };
  const looked: Looked[] = [];
  let left = bytes;
  for (const [index, path] of paths.entries()) {
    const most = index === 0 && must ? Number.POSITIVE_INFINITY : left;
    const one = isThere(dirname(path)) ? lookAt(path, known[index], quiet, most) : changing;
    if (one === undefined) break;
    looked.push(one);
    if (typeof one === "object" && "size" in one) left -= one.size;
  }
  const moved = new Set([...folders].filter(([folder, there]) => there && !isReal(folder)).map(([folder]) => folder));
  return moved.size === 0
    ? looked
    : looked.map((each, index) => (moved.has(dirname(paths[index] ?? "")) ? changing : each));
}

const changing: Looked = { reason: "changing" };

function lookAt(path: string, before: string | undefined, quiet: number, most: number): Looked | undefined {
  return before !== undefined && looksLike(path, before) ? "same" : hashFile(path, quiet, most);
}

function looksLike(path: string, fingerprint: string): boolean {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat !== undefined && stat.isFile() && fingerprintOf(stat) === fingerprint;
}

const isReal = (folder: string): boolean => realPath(folder) === folder;
