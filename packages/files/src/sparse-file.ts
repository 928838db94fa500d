/** A file that is read here and there, as a player does: what was read stays for a while, and what is next comes ahead. */
import { abortable } from "./abortable.ts";

export interface SparseFileOptions {
  /** Bytes that are kept, those on their way included; 8 MiB unless given. */
  readonly cache?: number;
  /** Bytes that are asked for ahead of somebody who reads on; a MiB unless given. */
  readonly ahead?: number;
}

/** Reads a part of the whole. */
type Read = (offset: number, length: number) => Promise<Uint8Array>;

/** Bytes in one request, and in one piece of what is kept. */
const piece = 256 * 1024;

/** One file of a catalog. Make one with `CatalogReader.openFile`. */
export class SparseFile {
  readonly size: number;
  readonly #read: Read;
  readonly #most: number;
  readonly #ahead: number;
  /** By number, the one that was used longest ago first. */
  readonly #pieces = new Map<number, Promise<Uint8Array>>();
  /** Where the last one who read stopped: whoever begins there reads on. */
  #next = -1;

  constructor(size: number, read: Read, { cache = 8 * 1024 * 1024, ahead = 1024 * 1024 }: SparseFileOptions = {}) {
    this.size = size;
    this.#read = read;
    // What is asked for ahead has to stay until it is read.
    this.#ahead = Math.ceil(ahead / piece);
    this.#most = Math.max(Math.floor(cache / piece), this.#ahead + 1);
  }

  /**
   * The bytes from `offset` on, as many as asked for, or as there are. Throws what reading throws, and the signal's
   * reason; what could not be read is asked for again the next time.
   */
  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    const end = Math.min(this.size, offset + length);
    const bytes = new Uint8Array(Math.max(0, end - offset));
    for (let at = offset; at < end;) {
      signal?.throwIfAborted();
      const number = Math.floor(at / piece);
      const reading = this.#piece(number);
      if (at === this.#next) this.#askAhead(number);
      const from = at - number * piece;
      const part = (await abortable(reading, signal)).subarray(from, from + end - at);
      bytes.set(part, at - offset);
      at += part.length;
      this.#next = at;
    }
    return bytes;
  }

  /** A part of the file in order, asked for ahead of whoever takes it; each piece is the taker's own. */
  async *stream(offset = 0, end = this.size, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = offset; at < Math.min(end, this.size);) {
      const length = Math.min(end, (Math.floor(at / piece) + 1) * piece) - at;
      const bytes = await this.read(at, length, signal);
      at += bytes.length;
      yield bytes;
    }
  }

  #askAhead(number: number): void {
    const last = Math.min(number + this.#ahead, Math.ceil(this.size / piece) - 1);
    for (let next = number + 1; next <= last; next++) void this.#piece(next);
  }

  /** One piece, from what is kept or asked for now. */
  #piece(number: number): Promise<Uint8Array> {
    const reading = this.#pieces.get(number) ?? this.#ask(number * piece);
    // Behind all others: the first is the one that goes.
    this.#pieces.delete(number);
    this.#pieces.set(number, reading);
    const [oldest = number] = this.#pieces.keys();
    if (this.#pieces.size > this.#most) this.#pieces.delete(oldest);
    reading.catch(() => this.#pieces.get(number) === reading && this.#pieces.delete(number));
    return reading;
  }

  async #ask(offset: number): Promise<Uint8Array> {
    const length = Math.min(piece, this.size - offset);
    const bytes = await this.#read(offset, length);
    if (bytes.length !== length) throw new Error(`${bytes.length} bytes came for ${length}`);
    return bytes;
  }
}
