/** Where something is to go. */
import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import type { CatalogAddress } from "@natster/files";
import { contextNames, openContext } from "../context/context.ts";
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

/**
 * Throws `Failure` where a folder is the one that this machine serves as that very catalog, or lies in it: what comes
 * would be served there, and come again, one folder deeper each time.
 */
export async function checkNotServed(folder: string, { owner, catalog }: CatalogAddress, path: string): Promise<void> {
  const place = realPlace(folder);
  for (const context of await Promise.all((await contextNames()).map(openContext))) {
    const served = context.account === owner ? (await context.served())[catalog] : undefined;
    if (served === undefined) continue;
    const root = realPlace(join(served.root, path));
    if (!isIn(place, root)) continue;
    throw new Failure(`${folder} is in ${root}, which this machine serves as ${catalog}: it would hold itself`, {
      next: "the same into a folder elsewhere",
    });
  }
}

/** Whether a real path is a folder, or lies in it. */
export const isIn = (place: string, folder: string): boolean =>
  place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Where a path really is, as far as it is there. */
export function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realPlace(dirname(path)), basename(path));
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
