/** Doing one thing again and again: now and then, sooner where it failed, and at once when told to. */

export interface Repeated {
  /** Resolves when it was done once, however that went. */
  readonly begun: Promise<void>;
  /** Does it at once, or once more when what is under way has ended. */
  now(): void;
  /** Does it no more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** How soon what failed is done again, at first, in milliseconds; twice as late each time, up to the usual pause. */
const soon = 500;

/** Begins at once. `work` tells whether it went well, and never rejects; `every` is the usual pause in milliseconds. */
export function again(work: () => Promise<boolean>, every: number): Repeated {
  const begun = Promise.withResolvers<void>();
  let wake = Promise.withResolvers<void>();
  let stopping = false;

  const repeating = (async () => {
    for (let pause = soon; !stopping;) {
      const woken = wake.promise;
      const well = await work();
      begun.resolve();
      await sleep(well ? every : pause, woken);
      pause = well ? soon : Math.min(pause * 2, every);
    }
  })();

  const now = () => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  return {
    begun: begun.promise,
    now,
    async stop() {
      stopping = true;
      now();
      await repeating;
    },
  };
}

/** Waits, or until it is woken. */
function sleep(ms: number, woken: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void woken.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
