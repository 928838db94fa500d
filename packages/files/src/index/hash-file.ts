/** Reads one file from beginning to end: its digest, its kind, and proof that it stayed the same meanwhile. */
import { createHash, hash } from "node:crypto";
import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fingerprintOf, unsettledFor } from "./fingerprint.ts";
import { openFlags } from "./inside.ts";
import { headLength, mediaType } from "./media-type.ts";
import { codeOf } from "./omission.ts";

/** What reading a file told. */
export interface Hashed {
  readonly digest: string;
  readonly type: string;
  readonly size: number;
  readonly modified: number;
  readonly fingerprint: string;
}

/** Why a file could not be hashed. */
export interface NotHashed {
  readonly reason: "changing" | "unreadable" | "special";
  readonly code?: string;
}

const block = Buffer.allocUnsafeSlow(1024 * 1024);

/**
 * Hashes the plain file at this path; not one that was changed within the last `quiet` milliseconds, to which somebody
 * may still be writing, and not one of more bytes than `most`, for which there is no answer. It reads synchronously,
 * several times faster for small files, and so belongs into a worker.
 */
export function hashFile(path: string, quiet: number, most: number): Hashed | NotHashed | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, openFlags);
    const opened = fstatSync(file, { bigint: true });
    if (!opened.isFile()) return { reason: "special" };
    if (isYoung(opened, quiet)) return { reason: "changing" };
    if (opened.size > most) return undefined;
    return hashOpen(file, path, settled(file, opened));
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    // It went away, or became a link, since it was found.
    if (code === "ENOENT" || code === "ELOOP") return { reason: "changing" };
    return { reason: "unreadable", code };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function hashOpen(file: number, path: string, before: BigIntStats): Hashed | NotHashed {
  const size = Number(before.size);
  const first = block.subarray(0, readSync(file, block, 0, block.length, 0));
  const isWhole = first.length === size;
  // What is read of a longer file takes the place of how it begins.
  const begin = first.subarray(0, headLength);
  const head = isWhole ? begin : Uint8Array.from(begin);
  // A small file is in memory by now, and one call is cheaper than three.
  const digest = isWhole ? hash("sha256", first, "hex") : hashLong(file, first, size);
  const fingerprint = fingerprintOf(before);
  if (digest === undefined || fingerprintOf(fstatSync(file, { bigint: true })) !== fingerprint) {
    return { reason: "changing" };
  }
  // To the nearest millisecond: a time that was set from a fraction of seconds lies a hair beside it.
  const modified = Math.round(Number(before.mtimeNs) / 1_000_000);
  return { digest, type: mediaType(path, head), size, modified, fingerprint };
}

/** The digest of a file whose beginning was read; undefined where it is not as long as it was said to be. */
function hashLong(file: number, first: Uint8Array, size: number): string | undefined {
  const whole = createHash("sha256").update(first);
  let total = first.length;
  // A file that grows as fast as it is read would never come to its end.
  while (total <= size) {
    const read = readSync(file, block, 0, block.length, total);
    if (read === 0) break;
    whole.update(block.subarray(0, read));
    total += read;
  }
  return total === size ? whole.digest("hex") : undefined;
}

/** A time that lies ahead was set by hand and says nothing. */
function isYoung({ mtimeNs }: BigIntStats, quiet: number): boolean {
  const age = Date.now() - Number(mtimeNs / 1_000_000n);
  return age >= 0 && age < quiet;
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Waits until a change after this moment is sure to show, and looks again. */
function settled(file: number, opened: BigIntStats): BigIntStats {
  const pause = unsettledFor(opened, Date.now());
  if (pause === 0) return opened;
  Atomics.wait(never, 0, 0, pause);
  return fstatSync(file, { bigint: true });
}
