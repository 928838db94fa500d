/** One file of a catalog, which leaves nothing beside it. */
import { existsSync } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { FileEntry } from "@natster/contracts/files";
import { digestOf, resumeDownload } from "@natster/files/download";
import { Failure } from "../failure.ts";
import type { Shelf } from "../system/catalog.ts";
import { type Got, nothing } from "./got.ts";
import type { Fetching } from "./tree.ts";

/** Fetches it to a path, or into a folder. What is there and is another stays, unless told. */
export async function getFile(
  shelf: Shelf,
  entry: FileEntry,
  to: string | undefined,
  { dryRun, force, signal, show }: Fetching,
): Promise<Got> {
  const began = performance.now();
  const { path, size } = entry;
  const named = resolve(to ?? ".");
  const isFolder = to === undefined || to.endsWith("/") || (await isDirectory(named));
  const target = isFolder ? join(named, basename(path)) : named;
  const got = nothing(shelf.name, dirname(target), dryRun);
  const there = existsSync(target);
  if (there && (await isSame(target, entry))) return { ...got, unchanged: 1 };
  if (there && !force) return { ...got, kept: [{ path, changed: "both" }] };

  let resumed = 0;
  if (!dryRun) {
    const progress = show({ files: 1, bytes: size });
    await resumeDownload(shelf.reader, entry, target, {
      signal,
      onResumed: (bytes) => void (resumed = bytes),
      onProgress: ({ bytes }) => progress.update({ files: 0, bytes, resumed }),
      beforeNaming() {
        if (force || !existsSync(target)) return;
        throw new Failure(`${target} came to be meanwhile, and stays`, { next: "the same with --force" });
      },
    });
    progress.file(`got ${path}`);
  }
  return {
    ...got,
    fetched: [{ path, size }],
    replaced: there ? [path] : [],
    bytes: size,
    resumed,
    seconds: Math.round(performance.now() - began) / 1_000,
  };
}

/** Whether it is this content: by its size and date, and where only the date differs by its digest. */
async function isSame(target: string, { size, modified, digest }: FileEntry): Promise<boolean> {
  const there = await lstat(target);
  if (!there.isFile() || there.size !== size) return false;
  return Math.abs(there.mtimeMs - modified) < 2 || (await digestOf(target)) === digest;
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
