/** Trying again and again, without hurry. Runs in a browser. */

/** The pauses of somebody who tries again and again. */
export interface Backoff {
  readonly next: () => number;
  /** It has worked: the next pause is the first again. */
  readonly reset: () => void;
}

/** Pauses of which each holds until it was followed by a try. */
export interface HeldBackoff extends Backoff {
  readonly tried: () => void;
}

/** A pause that doubles from `first` to `most` milliseconds, each drawn from its upper half so that a crowd does not return at once. */
export function jitteredBackoff(first = 100, most = 10_000): Backoff {
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

/**
 * A back-off as the library takes it, which asks how long to wait whenever it looks at the clock, and not only before it
 * tries: were each pause longer than the one before, none would ever be over.
 */
export function heldBackoff({ next, reset }: Backoff): HeldBackoff {
  let pause = next();
  const draw = () => {
    pause = next();
  };
  return { next: () => pause, tried: draw, reset: () => (reset(), draw()) };
}
