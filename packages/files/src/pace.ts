/** How much is asked for at once, and how long an answer is waited for: learnt from the answers. */

import { Throttle } from "./throttle.ts";

/** Where the pace begins and what it keeps to; everything in bytes or milliseconds. */
export interface PaceOptions {
  /** The most that is in flight or waiting to be hashed; bounds the memory of all transfers over one catalog. */
  readonly window?: number;
  /** How long the first answers are waited for, before any round trip was measured. */
  readonly patience?: number;
  /** Bytes that come each second, at the most; as many as come where it is left out. */
  readonly limit?: number | undefined;
}

/** The shortest wait before a range is asked for again. */
const shortest = 1_000;
const longest = 30_000;

/**
 * How much may stand in line at the other side. As long as the round trip is that of an empty line, a larger window is a
 * faster transfer; beyond that it is only a longer line, and everybody's in which the replies of all readers stand.
 */
const line = 4 * 1024 * 1024;

/** The window is not closed further than this by waiting alone, which a busy machine causes as well as a long line. */
const enough = 2 * 1024 * 1024;

/** Ranges grow by this. A disk likes whole pages, and a slow line small ones. */
const step = 64 * 1024;

/** For how many milliseconds the shortest round trip counts: the way may become another. */
const memory = 60_000;

/**
 * A window of bytes that grows with each answer, halves when one is lost, as TCP's does, and closes slowly while its
 * bytes only stand in line, as that of TCP Vegas. It is shared by all transfers of a catalog: what is fast for one file
 * must not be four times too fast for four.
 */
export class Pace {
  readonly #most: number;
  readonly #patience: number;
  readonly #waiting: { readonly bytes: number; readonly admit: () => void }[] = [];
  readonly #throttle: Throttle | undefined;
  #window = 512 * 1024;
  #inFlight = 0;
  #lost = false;
  #lastLoss = Number.NEGATIVE_INFINITY;
  #roundTrip: number | undefined;
  /** The shortest round trips of this stretch of time, and of the one before. */
  #shortest = { before: Number.POSITIVE_INFINITY, now: Number.POSITIVE_INFINITY, since: 0 };

  constructor({ window = 8 * 1024 * 1024, patience = 3_000, limit }: PaceOptions = {}) {
    this.#most = window;
    this.#patience = patience;
    this.#window = Math.min(this.#window, window);
    this.#throttle = limit === undefined ? undefined : new Throttle(limit);
  }

  /** How long to wait for an answer at the nth try: four round trips, twice as long with each try. */
  timeout(attempt: number): number {
    const base =
      this.#roundTrip === undefined
        ? this.#patience
        : Math.max(Math.min(shortest, this.#patience), 4 * this.#roundTrip);
    return Math.min(longest, base * 2 ** (attempt - 1));
  }

  /**
   * How many bytes to ask for in one request: an eighth of the window, so that several are on their way, in steps of
   * 64 KiB, and no more than `most`.
   */
  range(most: number): number {
    return Math.min(most, Math.max(1, Math.floor(this.#window / 8 / step)) * step);
  }

  /** An answer came after so many milliseconds. */
  answered(milliseconds: number, now = performance.now()): void {
    if (now - this.#shortest.since > memory) {
      this.#shortest = { before: this.#shortest.now, now: Number.POSITIVE_INFINITY, since: now };
    }
    this.#shortest.now = Math.min(this.#shortest.now, milliseconds);
    this.#roundTrip = this.#roundTrip === undefined ? milliseconds : this.#roundTrip * 0.875 + milliseconds * 0.125;
  }

  /** No answer came. A burst of losses is one event: what was in flight together is lost together. */
  lost(now = performance.now()): void {
    if (now - this.#lastLoss < Math.max(shortest, this.#roundTrip ?? 0)) return;
    this.#lastLoss = now;
    this.#lost = true;
    this.#window = Math.max(1, this.#window / 2);
  }

  /** Waits until so many bytes may be asked for. One request is always let through, however small the window. */
  async enter(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#throttle?.turn(bytes, signal);
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#inFlight += bytes;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const place = { bytes, admit: () => (signal.removeEventListener("abort", abort), resolve()) };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(place), 1);
        reject(signal.reason);
        this.#admit();
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(place);
    });
  }

  /** So many bytes were asked for, came, and are dealt with. */
  leave(bytes: number, { used }: { used: boolean }): void {
    this.#inFlight -= bytes;
    if (used) this.#adapt(bytes);
    this.#admit();
  }

  #adapt(bytes: number): void {
    const slowly = bytes * (bytes / this.#window);
    const standing = this.#standing;
    if (standing > line && this.#window > enough) this.#window = Math.max(enough, this.#window - slowly);
    else if (standing <= line) this.#window = Math.min(this.#most, this.#window + (this.#lost ? slowly : bytes));
  }

  /** How many bytes of a full window stand in line: what takes longer than the shortest round trip does so there. */
  get #standing(): number {
    const shortest = Math.min(this.#shortest.before, this.#shortest.now);
    if (this.#roundTrip === undefined || shortest >= this.#roundTrip) return 0;
    return this.#window * (1 - shortest / this.#roundTrip);
  }

  #fits = (bytes: number): boolean => this.#inFlight === 0 || this.#inFlight + bytes <= this.#window;

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#inFlight += next.bytes;
      next.admit();
    }
  }
}
