/** Brings one file to a place on the disk, going on from what an earlier run left. */
import { createHash, hash as hashOnce } from "node:crypto";
import { closeSync, constants, futimesSync, openSync, renameSync, writeSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { FileEntry } from "@natster/contracts/files";
import type { CatalogReader } from "../catalog-reader.ts";
import { DigestMismatchError, type Hash, type PullOptions, type Sink } from "../pull.ts";
import { modifiedOf } from "./modified-of.ts";

/** Up to this size a file is one request and is written in one go. */
export const smallFile = 64 * 1024;

/** How a part is opened: a link that somebody put in its place leads elsewhere, and is not followed; Windows, which has no such flag, adds nothing. */
const { O_RDWR, O_APPEND, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
const [fromTheStart, goingOn] = [O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW];

/** What fetching is told. */
export interface FetchOptions extends PullOptions {
  /** Told of so many bytes that an earlier run left; of none, where they were not what they seemed. */
  readonly onResumed?: (bytes: number) => void;
  /** What this throws keeps the file from getting its name. */
  readonly beforeNaming?: () => void;
}

/** What fetching needs of a catalog. */
export type Source = Pick<CatalogReader, "readSmall" | "pull">;

/**
 * Fetches a file into `part`, and moves it to `target` when its digest is right. What is in `part` already is used; what
 * is there after a failure is for the next time. Throws what reading and writing throw, and `DigestMismatchError`.
 */
export async function fetchFile(
  catalog: Source,
  entry: FileEntry,
  part: string,
  target: string,
  options: FetchOptions = {},
): Promise<void> {
  if (entry.size <= smallFile) return await fetchSmall(catalog, entry, part, target, options);
  await fetchLarge(catalog, entry, part, options);
  options.beforeNaming?.();
  await rename(part, target);
}

async function fetchSmall(
  catalog: Source,
  entry: FileEntry,
  part: string,
  target: string,
  options: FetchOptions,
): Promise<void> {
  const { digest, size, path } = entry;
  const { signal, onProgress } = options;
  const bytes = await catalog.readSmall({ digest, size }, signal && { signal });
  const found = hashOnce("sha256", bytes, "hex");
  if (found !== digest) throw new DigestMismatchError(path, digest, found);
  signal?.throwIfAborted();
  // In this thread: for so few bytes a helper's thread is many times the cost.
  const file = openSync(part, fromTheStart);
  try {
    for (let done = 0; done < size;) done += writeSync(file, bytes, done, size - done, done);
    futimesSync(file, modifiedOf(entry), modifiedOf(entry));
  } finally {
    closeSync(file);
  }
  options.beforeNaming?.();
  renameSync(part, target);
  onProgress?.({ bytes: size, size });
}

async function fetchLarge(catalog: Source, entry: FileEntry, part: string, options: FetchOptions): Promise<void> {
  const resumed = await append(catalog, entry, part, options).catch(async (error: unknown) => {
    if (!(error instanceof DigestMismatchError)) throw error;
    // Nothing of it can be trusted any more.
    await rm(part, { force: true });
    if (error instanceof ResumedMismatch) return false;
    throw error;
  });
  // What was there was not what it seemed, such as a disk's own blank after a power cut: once more from the beginning.
  if (!resumed) await append(catalog, entry, part, options);
}

/** The content is wrong, and some of it was there before. */
class ResumedMismatch extends DigestMismatchError {}

/** Goes on where the file ends. Everything is written in order, so that what is there is a beginning. */
async function append(catalog: Source, entry: FileEntry, part: string, options: FetchOptions): Promise<true> {
  await using file = await open(part, goingOn);
  const { size: there } = await file.stat();
  const from = there <= entry.size ? there : 0;
  if (from === 0) await file.truncate(0);
  options.onResumed?.(from);
  const hash = createHash("sha256");
  for await (const bytes of chunksOf(file, from)) hash.update(bytes);
  const sum: Hash = { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
  try {
    await catalog.pull(entry, atTheEnd(file), sum, { ...options, from });
  } catch (error) {
    if (error instanceof DigestMismatchError && from > 0) {
      throw new ResumedMismatch(entry.path, error.expected, error.found);
    }
    throw error;
  }
  // The name stands for content that a power cut does not take back.
  await file.datasync();
  await file.utimes(modifiedOf(entry), modifiedOf(entry));
  return true;
}

async function* chunksOf(file: FileHandle, end: number): AsyncGenerator<Uint8Array, void, undefined> {
  const block = Buffer.allocUnsafeSlow(1024 * 1024);
  for (let at = 0; at < end;) {
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, end - at), at);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** The file is open for appending: a position would be of no effect. */
const atTheEnd = (file: FileHandle): Sink => ({
  async write(_, bytes) {
    for (let done = 0; done < bytes.length;) {
      done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
    }
  },
});
