/** Moves one file: ranges are asked for ahead, and written and hashed in order. */
import type { Digest } from "@natster/contracts";
import type { FileEntry } from "@natster/contracts/files";
import type { Pace } from "./pace.ts";

/** What came is not the file that was asked for. */
export class DigestMismatchError extends Error {
  override readonly name = "DigestMismatchError";
  readonly expected: Digest;
  readonly found: string;

  constructor(path: string, expected: Digest, found: string) {
    super(`${path} arrived with another content than announced`);
    this.expected = expected;
    this.found = found;
  }
}

/** Where the bytes go, in order and one after the other. */
export interface Sink {
  /** Resolves when they are written: nobody needs these bytes any more then. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
}

/** SHA-256, given piece by piece; each platform has its own. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** The result, as hexadecimal digits. */
  hex(): string;
}

/** How far a transfer is, in bytes. */
export interface Progress {
  readonly bytes: number;
  readonly size: number;
}

/** What a transfer is told. */
export interface PullOptions {
  /** Where to begin: so many bytes are there already, and `hash` has had them. */
  readonly from?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

interface Transfer extends PullOptions {
  readonly entry: FileEntry;
  readonly read: (offset: number, length: number, signal: AbortSignal) => Promise<Uint8Array>;
  /** The largest range that may be asked for. */
  readonly rangeSize: number;
  readonly pace: Pace;
  /** Told of bytes that were written and hashed, and are of no use any more. */
  readonly release?: (bytes: Uint8Array) => void;
}

/**
 * Pulls a whole file and checks it. When this settles nothing is written any more. Throws `DigestMismatchError` where
 * the content is not what the entry says, and whatever reading or writing throws.
 */
export async function pull(sink: Sink, hash: Hash, transfer: Transfer): Promise<void> {
  const { entry, read, rangeSize, pace, from = 0, signal, onProgress, release } = transfer;
  const failed = new AbortController();
  const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const underWay = new Set<Promise<void>>();
  const arrived = new Map<number, Uint8Array>();
  let [written, entered] = [from, 0];
  let writing = false;

  // A range stays in the window until it is written and hashed, so that one that is late cannot pile up those behind it.
  const write = async () => {
    if (writing) return;
    writing = true;
    for (let next = arrived.get(written); next && !ended.aborted; next = arrived.get(written)) {
      arrived.delete(written);
      const done = sink.write(written, next);
      // While others carry it to the disk.
      hash.update(next);
      await done;
      written += next.length;
      entered -= next.length;
      pace.leave(next.length, { used: true });
      onProgress?.({ bytes: written, size: entry.size });
      release?.(next);
    }
    writing = false;
  };
  const move = async (offset: number, length: number) => {
    const bytes = await read(offset, length, ended);
    if (bytes.length !== length) throw new Error(`${entry.path}: ${bytes.length} bytes came for ${length}`);
    arrived.set(offset, bytes);
    await write();
  };

  try {
    for (let offset = from, length = 0; offset < entry.size; offset += length) {
      length = Math.min(pace.range(rangeSize), entry.size - offset);
      await pace.enter(length, ended);
      entered += length;
      const moving: Promise<void> = move(offset, length)
        .catch((error: unknown) => failed.abort(error))
        .finally(() => underWay.delete(moving));
      underWay.add(moving);
    }
    await Promise.all(underWay);
    ended.throwIfAborted();
  } finally {
    failed.abort(new Error("the transfer has ended"));
    await Promise.all(underWay);
    if (entered > 0) pace.leave(entered, { used: false });
  }
  const found = hash.hex();
  if (found !== entry.digest) throw new DigestMismatchError(entry.path, entry.digest, found);
}
