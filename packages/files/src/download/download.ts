/** Brings one file to the disk: under its name only when it is complete and true. */
import { createHash, randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileEntry } from "@natster/contracts/files";
import type { CatalogReader } from "../catalog-reader.ts";
import { makeFolder } from "../make-folder.ts";
import type { Hash, PullOptions } from "../pull.ts";
import { modifiedOf } from "./modified-of.ts";

/**
 * Downloads a file to this path; folders that lead there are made, a file that is there is replaced in one step. It
 * grows beside its place under another name, and nothing is left of it when it fails. Throws `DigestMismatchError`,
 * `Refusal` (`changed`, `file_unknown`), `NobodyAnswersError`, `StalledError`, or what the system says.
 */
export async function download(
  catalog: CatalogReader,
  entry: FileEntry,
  target: string,
  options: PullOptions = {},
): Promise<void> {
  makeFolder(dirname(target));
  await write(catalog, entry, target, options);
}

/** The same, where the folders are there. */
export async function write(
  catalog: CatalogReader,
  entry: FileEntry,
  target: string,
  options: PullOptions,
): Promise<void> {
  // Not made from the file's own name, to which nothing may fit any more.
  const part = join(dirname(target), `.natster-${entry.digest.slice(0, 16)}-${randomBytes(6).toString("hex")}.part`);
  try {
    await using file = await open(part, "wx");
    const sink = {
      async write(offset: number, bytes: Uint8Array) {
        for (let done = 0; done < bytes.length;) {
          done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
        }
      },
    };
    await catalog.pull(entry, sink, sha256(), options);
    await file.utimes(modifiedOf(entry), modifiedOf(entry));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  try {
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

function sha256(): Hash {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
}
