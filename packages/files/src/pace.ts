/** How much is asked for at once, and how long an answer is waited for: learnt from the answers. */

/** Where the pace begins and what it keeps to; everything in bytes or milliseconds. */
export interface PaceOptions {
  /** The most that is in flight or waiting to be hashed; bounds the memory of all transfers over one catalog. */
  readonly window?: number;
  /** How long the first answers are waited for, before any round trip was measured. */
  readonly patience?: number;
}

/** The shortest wait before a range is asked for again. */
const shortest = 1_000;
const longest = 30_000;

/**
 * A window of bytes that grows with each answer and halves when one is lost, as TCP's does. It is shared by all
 * transfers of a catalog: what is fast for one file must not be four times too fast for four.
 */
export class Pace {
  readonly #most: number;
  readonly #patience: number;
  readonly #waiting: { readonly bytes: number; readonly admit: () => void }[] = [];
  #window = 1024 * 1024;
  #inFlight = 0;
  #lost = false;
  #lastLoss = Number.NEGATIVE_INFINITY;
  #roundTrip: number | undefined;

  constructor({ window = 8 * 1024 * 1024, patience = 3_000 }: PaceOptions = {}) {
    this.#most = window;
    this.#patience = patience;
    this.#window = Math.min(this.#window, window);
  }

  /** How long to wait for an answer at the nth try: four round trips, twice as long with each try. */
  timeout(attempt: number): number {
    const base =
      this.#roundTrip === undefined
        ? this.#patience
        : Math.max(Math.min(shortest, this.#patience), 4 * this.#roundTrip);
    return Math.min(longest, base * 2 ** (attempt - 1));
  }

  /** An answer came after so many milliseconds. */
  answered(milliseconds: number): void {
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
    if (used) this.#window = Math.min(this.#most, this.#window + (this.#lost ? bytes * (bytes / this.#window) : bytes));
    this.#admit();
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
