/** Telling that this machine slept, which no event does: a timer comes long after it was due. */

/** Milliseconds between two looks at the clock. */
const every = 5_000;

/** Calls back after each sleep, for as long as the page is open. */
export function whenWoken(woken: () => void): void {
  let before = Date.now();
  setInterval(() => {
    const now = Date.now();
    if (now - before > 2 * every) woken();
    before = now;
  }, every);
}
