/** Brings one file to the disk, going on where an interruption left it. */
import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileEntry } from "@natster/contracts/files";
import { passingLock } from "../file-lock.ts";
import { makeFolder } from "../make-folder.ts";
import { DiskFullError, isDiskFull } from "./disk-full.ts";
import { fetchFile, type FetchOptions, type Source } from "./fetch-file.ts";
import { MirrorBusyError } from "./mirror-state.ts";

/**
 * Downloads a file to this path, and makes the folders that lead there. It grows beside its place under a name made from
 * its own and its digest, which the next run finds; with the last byte it has its own, and what had come of another
 * content is taken away. Throws what `fetchFile` throws, `DiskFullError`, and `MirrorBusyError` where another process is
 * at it.
 */
export async function resumeDownload(
  catalog: Source,
  entry: FileEntry,
  target: string,
  options: FetchOptions = {},
): Promise<void> {
  const folder = dirname(target);
  makeFolder(folder);
  const own = `.natster-${createHash("sha256").update(basename(target)).digest("hex").slice(0, 16)}`;
  try {
    using alone = passingLock(join(folder, `${own}.lock`));
    if (!alone) throw new MirrorBusyError(`another process fetches ${target} just now`);
    await fetchFile(catalog, entry, join(folder, `${own}-${entry.digest.slice(0, 32)}.part`), target, options);
    for (const name of readdirSync(folder)) {
      if (name.startsWith(`${own}-`)) rmSync(join(folder, name), { force: true });
    }
  } catch (error) {
    throw isDiskFull(error) ? new DiskFullError(`no room is left for ${target}`, { cause: error }) : error;
  }
}
