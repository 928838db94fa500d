/** Brings one file to the disk, going on where an interruption left it. */
import { dirname, join } from "node:path";
import type { FileEntry } from "@natster/contracts/files";
import { passingLock } from "../file-lock.ts";
import { makeFolder } from "../make-folder.ts";
import { DiskFullError, isDiskFull } from "./disk-full.ts";
import { fetchFile, type FetchOptions, type Source } from "./fetch-file.ts";
import { MirrorBusyError } from "./mirror-state.ts";

/**
 * Downloads a file to this path, and makes the folders that lead there. It grows beside its place under a name made from
 * its digest, which the next run finds; with the last byte it has its own. Throws what `fetchFile` throws,
 * `DiskFullError`, and `MirrorBusyError` where another process fetches the same content into this folder.
 */
export async function resumeDownload(
  catalog: Source,
  entry: FileEntry,
  target: string,
  options: FetchOptions = {},
): Promise<void> {
  const folder = dirname(target);
  makeFolder(folder);
  const part = join(folder, `.natster-${entry.digest.slice(0, 32)}.part`);
  try {
    using alone = passingLock(`${part}.lock`);
    if (!alone) throw new MirrorBusyError(`another process fetches this into ${folder} just now`);
    await fetchFile(catalog, entry, part, target, options);
  } catch (error) {
    throw isDiskFull(error) ? new DiskFullError(`no room is left for ${target}`, { cause: error }) : error;
  }
}
