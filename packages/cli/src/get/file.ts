/** One file of a catalog, which leaves nothing beside it. */
import { lstatSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { FileEntry } from "@natster/contracts/files";
import { digestOf, fingerprintOf, resumeDownload } from "@natster/files/download";
import { Failure } from "../failure.ts";
import type { Shelf } from "../system/catalog.ts";
import { written } from "../system/reference.ts";
import { fetchedTo, rememberFetched } from "./fetched.ts";
import { type Got, nothing } from "./got.ts";
import { checkFolder, isFolder } from "./target.ts";
import type { Fetching } from "./tree.ts";

/** Fetches it to a path, or into a folder. What is there stays, unless it was fetched before, or by force. */
export async function getFile(
  shelf: Shelf,
  entry: FileEntry,
  to: string | undefined,
  { dryRun, force, signal, show }: Fetching,
): Promise<Got> {
  const began = performance.now();
  const { path, size, digest } = entry;
  const { owner, catalog } = shelf.reader.address;
  const named = resolve(to ?? ".");
  const target = to === undefined || to.endsWith("/") || isFolder(named) ? join(named, basename(path)) : named;
  if (isFolder(target)) throw new Failure(`${target} is a folder`, { next: "the same with another name for the file" });
  checkFolder(dirname(target));

  const got = nothing(written(shelf.name, path), target, dryRun);
  const before = await fetchedTo(target);
  const came = before?.owner === owner && before.catalog === catalog && before.path === path ? before : undefined;
  const now = looksLike(target);
  const remember = () =>
    rememberFetched({ target, owner, catalog, path, digest, fingerprint: looksLike(target) ?? "" });
  if (now !== undefined && (now === came?.fingerprint ? came.digest : await digestOf(target)) === digest) {
    if (!dryRun && now !== came?.fingerprint) await remember();
    return { ...got, unchanged: 1 };
  }
  if (now !== undefined && now !== came?.fingerprint && !force) {
    return { ...got, kept: [{ path, changed: came?.digest === digest ? "here" : "both" }] };
  }

  let resumed = 0;
  if (!dryRun) {
    const progress = show({ files: 1, bytes: size });
    await resumeDownload(shelf.reader, entry, target, {
      signal,
      onResumed: (bytes) => void (resumed = bytes),
      onProgress: ({ bytes }) => progress.update({ files: 0, bytes, resumed }),
      beforeNaming() {
        if (force || looksLike(target) === now) return;
        throw new Failure(`${target} was changed meanwhile, and stays`, { next: "the same with --force" });
      },
    });
    await remember();
    progress.file(`got ${path}`);
  }
  return {
    ...got,
    fetched: [{ path, size }],
    replaced: now === undefined ? [] : [path],
    bytes: size,
    resumed,
    seconds: Math.round(performance.now() - began) / 1_000,
  };
}

/** What is in this place looks like; undefined where nothing is. */
function looksLike(path: string): string | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && (stat.isFile() ? fingerprintOf(stat) : "no file");
}
