/** How often something that ended by itself was started again. */

/** So often within a minute it may be. */
const mostInAMinute = 5;

/** Counts the ends of one thing. */
export class Restarts {
  #ends: number[] = [];

  /** Counts an end; tells whether there were too many of late. */
  areTooMany(now = performance.now()): boolean {
    this.#ends = [...this.#ends.filter((at) => now - at < 60_000), now];
    return this.#ends.length > mostInAMinute;
  }
}
