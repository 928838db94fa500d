/** A pause that grows from half a second to ten, each with chance in it, so that a crowd does not come back at once. */
export function backoff(first = 500, most = 10_000): { next: () => number; reset: () => void } {
  let bound = first;
  return {
    next: () => {
      const pause = bound / 2 + (Math.random() * bound) / 2;
      bound = Math.min(most, bound * 2);
      return pause;
    },
    reset: () => {
      bound = first;
    },
  };
}
