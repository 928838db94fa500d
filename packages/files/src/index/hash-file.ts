/** Reads one file from beginning to end: its digest, its kind, and proof that it stayed the same meanwhile. */
import { createHash } from "node:crypto";
import { type BigIntStats, closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync } from "node:fs";
import { fingerprintOf, unsettledFor } from "./fingerprint.ts";
import { assertThere, NotThereError, openFlags } from "./inside.ts";
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

/** What a worker answers. */
export type HashOutcome =
  | { readonly ok: true; readonly hashed: Hashed }
  | { readonly ok: false; readonly reason: "changing" | "unreadable"; readonly code?: string };

const block = Buffer.allocUnsafeSlow(1024 * 1024);

/**
 * Hashes the plain file at this real path. It reads synchronously, several times faster for small files, and so
 * belongs into a worker.
 */
export function hashFile(path: string): HashOutcome {
  let file: number | undefined;
  try {
    file = openSync(path, openFlags);
    const opened = fstatSync(file, { bigint: true });
    assertThere(path, opened, realpathSync.native(path), lstatSync(path, { bigint: true }));
    return hashOpen(file, path, settled(file, opened));
  } catch (error) {
    if (error instanceof NotThereError) return { ok: false, reason: "changing" };
    const code = codeOf(error);
    if (code === undefined) throw error;
    return { ok: false, reason: "unreadable", code };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function hashOpen(file: number, path: string, before: BigIntStats): HashOutcome {
  const hash = createHash("sha256");
  let head = new Uint8Array();
  let total = 0;
  for (;;) {
    const read = readSync(file, block, 0, block.length, total);
    if (read === 0) break;
    const bytes = block.subarray(0, read);
    if (total === 0) head = Uint8Array.from(bytes.subarray(0, headLength));
    hash.update(bytes);
    total += read;
    // A file that grows as fast as it is read would never come to its end.
    if (total > before.size) break;
  }
  const fingerprint = fingerprintOf(before);
  const same = BigInt(total) === before.size && fingerprintOf(fstatSync(file, { bigint: true })) === fingerprint;
  if (!same) return { ok: false, reason: "changing" };
  // To the nearest millisecond: a time that was set from a fraction of seconds lies a hair beside it.
  const modified = Math.round(Number(before.mtimeNs) / 1_000_000);
  const hashed = { digest: hash.digest("hex"), type: mediaType(path, head), size: total, modified, fingerprint };
  return { ok: true, hashed };
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Waits until a change after this moment is sure to show, and looks again. */
function settled(file: number, opened: BigIntStats): BigIntStats {
  const pause = unsettledFor(opened, Date.now());
  if (pause === 0) return opened;
  Atomics.wait(never, 0, 0, pause);
  return fstatSync(file, { bigint: true });
}
