/** Whether the files of a library are what they were when it was written. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { LibraryFile } from "./library.ts";

/** What became of them, by path. */
export interface Compared {
  readonly same: readonly string[];
  readonly changed: readonly string[];
  readonly missing: readonly string[];
}

/** Reads every file and compares its SHA-256; `onFile` is told how many are done. Throws the signal's reason. */
export async function compare(
  root: string,
  files: readonly LibraryFile[],
  { signal, onFile }: { readonly signal: AbortSignal; readonly onFile: (done: number, of: number) => void },
): Promise<Compared> {
  const found = { same: new Array<string>(), changed: new Array<string>(), missing: new Array<string>() };
  for (const [done, { path, digest, size }] of files.entries()) {
    signal.throwIfAborted();
    onFile(done, files.length);
    const at = join(root, path);
    const there = await lstat(at).catch(() => undefined);
    if (!there?.isFile()) found.missing.push(path);
    else if (there.size === size && (await digestOf(at, signal)) === digest) found.same.push(path);
    else found.changed.push(path);
  }
  return found;
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest("hex");
}
