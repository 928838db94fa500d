/** Puts what comes from a socket together, so that each large message lies in one piece, in memory of its own. */
import { markAlone } from "./alone.ts";

/** What is smaller costs next to nothing to put together again. */
const large = 32 * 1024;
/** What nats-server never allows; the library says what is wrong with it. */
const largest = 64 * 1024 * 1024;

/**
 * Reads along in what nats-server says, only as far as it tells how long each message is. The library learns that as
 * well, but puts a message that is larger than one read together in memory that it makes anew, twice as large each time.
 */
export class WholeMessages {
  /** The beginning of a line. */
  #line: Uint8Array | undefined;
  /** A large message that has begun, and how much of it is there. */
  #message: { readonly bytes: Uint8Array; there: number } | undefined;
  /** Bytes to come of a message that is passed on as it comes. */
  #passing = 0;

  /** What can be passed on by now, in order. Large messages are copies, and everything else is a part of what was read. */
  push(read: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    const rest = this.#goOn(this.#line ? Buffer.concat([this.#line, read]) : read, out);
    this.#line = undefined;
    let at = Math.min(this.#passing, rest.length);
    this.#passing -= at;
    while (at < rest.length) {
      const newline = rest.indexOf(lineFeed, at);
      if (newline < 0) {
        // A copy: what was read may be given back before the rest of the line comes, and a `slice` of a Buffer is a view.
        this.#line = new Uint8Array(rest.subarray(at));
        break;
      }
      const length = newline + 1 - at + payloadBehind(rest, at, newline);
      const missing = at + length - rest.length;
      if (missing <= 0) {
        at += length;
      } else if (length < large || length > largest) {
        this.#passing = missing;
        at = rest.length;
      } else {
        this.#begin(rest.subarray(at), length);
        break;
      }
    }
    if (at > 0) out.push(rest.subarray(0, at));
    return out;
  }

  #begin(beginning: Uint8Array, length: number): void {
    const bytes = Buffer.allocUnsafeSlow(length);
    markAlone(bytes);
    bytes.set(beginning);
    this.#message = { bytes, there: beginning.length };
  }

  /** Goes on with the large message that has begun, and returns what does not belong to it. */
  #goOn(read: Uint8Array, out: Uint8Array[]): Uint8Array {
    if (!this.#message) return read;
    const { bytes, there } = this.#message;
    const more = read.subarray(0, bytes.length - there);
    bytes.set(more, there);
    this.#message.there += more.length;
    if (this.#message.there === bytes.length) {
      out.push(bytes);
      this.#message = undefined;
    }
    return read.subarray(more.length);
  }
}

/** How many bytes follow a line: those of MSG and HMSG end with a length, and an empty line stands behind the payload. */
function payloadBehind(bytes: Uint8Array, begin: number, newline: number): number {
  const first = bytes[begin];
  if (first !== letterM && first !== letterH) return 0;
  let [length, worth] = [0, 1];
  // Before the line's carriage return.
  for (let at = newline - 2; at > begin; at--) {
    const digit = (bytes[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) break;
    length += digit * worth;
    worth *= 10;
  }
  return length + 2;
}

const [lineFeed, letterM, letterH, zero] = [10, 77, 72, 48];
