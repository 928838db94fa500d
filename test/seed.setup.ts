/** Gives every property of a run the seed and size that the environment names; without them, each draws its own. */
const { NATSTER_SEED: seed, NATSTER_RUNS: runs } = process.env;

if (seed || runs) {
  const { default: fc } = await import("fast-check");
  fc.configureGlobal({
    ...fc.readConfigureGlobal(),
    ...(seed && { seed: Number(seed) }),
    ...(runs && { numRuns: Number(runs) }),
  });
}
