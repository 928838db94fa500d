/** Reads ranges of indexed files, and only what was indexed. */
import { type BigIntStats, closeSync, fstatSync, readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { Digest } from "@natster/contracts";
import type { FilePath } from "@natster/contracts/files";
import { Gate } from "../parallel.ts";
import type { IndexedFile } from "./indexed-file.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { IndexView } from "./index-view.ts";
import { NotThereError, openInsideSync } from "./inside.ts";
import { codeOf } from "./omission.ts";
import { OpenFiles } from "./open-files.ts";

/** A part of a file, named by the file's content. */
export interface Range {
  readonly digest: Digest;
  readonly offset: number;
  readonly length: number;
}

/** Where files are found by their content: an index, or a view of it. */
export type RangeSource = Pick<IndexView, "withDigest" | "locate">;

/** Why a range cannot be read. */
export type RangeRefusal = "file_unknown" | "changed" | "range_outside";

/** How ranges are read. */
export interface RangeReaderOptions {
  /** How many files are kept open. */
  readonly openFiles?: number;
  /** Told of a file that no longer looks as it was indexed. */
  readonly onChanged: (path: FilePath) => void;
}

/** How many reads are made at once; each holds its range in memory. */
const atOnce = 32;

/** Reads ranges straight from the files of an index. */
export class RangeReader implements AsyncDisposable {
  readonly #index: RangeSource;
  readonly #open: OpenFiles;
  readonly #gate: Gate;
  readonly #onChanged: (path: FilePath) => void;

  constructor(index: RangeSource, { openFiles = 64, onChanged }: RangeReaderOptions) {
    this.#index = index;
    this.#open = new OpenFiles(openFiles);
    this.#gate = new Gate(atOnce);
    this.#onChanged = onChanged;
  }

  /** The bytes of a range, as many as there are; or why there are none. */
  async read({ digest, offset, length }: Range): Promise<Uint8Array | RangeRefusal> {
    let why: RangeRefusal = "file_unknown";
    // Where the same content stands under several paths, one that is unchanged is enough.
    for (const file of this.#index.withDigest(digest)) {
      const { path, size } = file.entry;
      if (offset >= size) return "range_outside";
      const bytes = await this.#gate.run(() => this.#readOne(file, offset, Math.min(length, size - offset)));
      if (bytes) return bytes;
      this.#onChanged(path);
      why = "changed";
    }
    return why;
  }

  /**
   * Several small files whole, as many as there are: undefined is one that is unknown, changed, or for which there is no
   * room or time left. They are read in this thread, which does nothing else meanwhile: for no longer than a moment.
   */
  readSmall(digests: readonly Digest[], room: number): (Uint8Array | undefined)[] {
    const until = performance.now() + moment;
    let left = room;
    return digests.map((digest) => {
      for (const file of this.#index.withDigest(digest)) {
        if (performance.now() > until || file.entry.size > left) return undefined;
        const bytes = this.#readWhole(file);
        if (bytes) {
          left -= bytes.length;
          return bytes;
        }
        this.#onChanged(file.entry.path);
      }
      return undefined;
    });
  }

  #readWhole(file: IndexedFile): Uint8Array | undefined {
    try {
      const handle = openInsideSync(this.#index.locate(file));
      try {
        const bytes = Buffer.allocUnsafe(file.entry.size);
        const whole = readSync(handle, bytes, 0, bytes.length, 0) === bytes.length;
        return whole && isAsIndexed(file, fstatSync(handle, { bigint: true })) ? bytes : undefined;
      } finally {
        closeSync(handle);
      }
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.#open[Symbol.asyncDispose]();

  async #readOne(file: IndexedFile, offset: number, length: number): Promise<Uint8Array | undefined> {
    try {
      return await this.#open.use(this.#index.locate(file), async (handle) => {
        const bytes = await readFully(handle, offset, length);
        // Looked at after reading: a change before that shows here, and a later one is not in these bytes.
        return bytes && isAsIndexed(file, fstatSync(handle.fd, { bigint: true })) ? bytes : undefined;
      });
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

/** Milliseconds for which other readers can wait without noticing, where a disk is slow. */
const moment = 20;

const isGone = (error: unknown): boolean => error instanceof NotThereError || goneCodes.has(codeOf(error) ?? "");

/** What the system says of a file that was there, and is not any more, or not for us. */
const goneCodes = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM", "EISDIR", "ENXIO"]);

/** A file without a name was deleted or replaced: its owner took it away, even if its content lives on. */
const isAsIndexed = (file: IndexedFile, now: BigIntStats): boolean =>
  now.nlink > 0n && fingerprintOf(now) === file.fingerprint;

/** As many bytes as asked for, or undefined where the file ends before. */
async function readFully(handle: FileHandle, offset: number, length: number): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}
