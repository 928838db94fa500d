/** Keeps to so many bytes in each second. */

/** What is behind by more than this is not made up for: a pause is not followed by a burst. */
const burst = 0.25;

/** A rate that transfers keep to together. */
export class Throttle {
  readonly #rate: number;
  readonly #now: () => number;
  /** When everything that was let through so far is paid for, in seconds. */
  #paidUntil = Number.NEGATIVE_INFINITY;

  /** `rate` is in bytes each second; `now` in milliseconds. Throws `RangeError` for a rate at which nothing moves. */
  constructor(rate: number, now: () => number = () => performance.now()) {
    if (!(rate > 0)) throw new RangeError(`a rate is more than 0 bytes each second, not ${rate}`);
    this.#rate = rate;
    this.#now = now;
  }

  /** Milliseconds until the next may be let through; 0 where that is now. */
  get wait(): number {
    return Math.max(0, this.#paidUntil * 1000 - this.#now());
  }

  /** So many bytes were let through; less than none gives back what was counted, and was not let through after all. */
  spend(bytes: number): void {
    this.#paidUntil = Math.max(this.#paidUntil, this.#now() / 1000 - burst) + bytes / this.#rate;
  }

  /** Waits until the next may be let through. Rejects with the signal's reason. */
  async turn(bytes: number, signal: AbortSignal): Promise<void> {
    for (let wait = this.wait; wait > 0; wait = this.wait) await passed(wait, signal);
    signal.throwIfAborted();
    this.spend(bytes);
  }
}

function passed(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
