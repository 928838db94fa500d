/** How much is tried: in full where `NATSTER_RUNS` says how many runs, less before each merge. */
const { NATSTER_RUNS: asked } = process.env;

/** 200 asked for is in full. */
const part = asked ? Number(asked) / 200 : undefined;

export const runs = {
  /** Runs of random commands and faults. */
  replay: part === undefined ? 25 : Math.max(1, Math.round(200 * part)),
  /** Services that are killed under load. */
  kills: part === undefined ? 10 : Math.max(1, Math.round(100 * part)),
  /** Kills in the middle of a transfer. */
  transfers: part === undefined ? 4 : Math.max(1, Math.round(50 * part)),
  /** Events of which all rows are made anew: an odd number of thousands, after which every share stands. */
  rebuilt: part === undefined ? 51_000 : Math.max(1, Math.round(500 * part)) * 2_000 + 1_000,
} as const;
