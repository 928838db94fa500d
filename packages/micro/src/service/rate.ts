/** A rate: how often somebody may do something, so that nobody takes the room of all the others. */
export interface Rate {
  /** Counts one more time, and says whether it is within the rate. */
  admits(who: string): boolean;
}

/** How many are remembered; where there are more, all begin anew. */
const mostKnown = 100_000;

/** At most so many times in each minute, for each of those who ask. Each instance of a service counts by itself. */
export function perMinute(most: number, clock: () => number = Date.now): Rate {
  let minute = 0;
  let counts = new Map<string, number>();
  return {
    admits(who) {
      const now = Math.floor(clock() / 60_000);
      if (now !== minute || counts.size >= mostKnown) counts = new Map();
      minute = now;
      const count = (counts.get(who) ?? 0) + 1;
      counts.set(who, count);
      return count <= most;
    },
  };
}
