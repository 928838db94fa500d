/** The seed of a run: given by NATSTER_SEED, or else made from the commit, so that each commit tries something new. */
import { execFileSync } from "node:child_process";

export interface Seed {
  readonly seed: number;
  /** Where it comes from, in words. */
  readonly of: string;
}

export function seedHere({ NATSTER_SEED: given } = process.env): Seed {
  if (given) {
    if (!/^\d{1,10}$/.test(given)) throw new Error(`NATSTER_SEED: expected a whole number, not ${given}`);
    return { seed: Number(given), of: "given" };
  }
  try {
    const commit = execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return { seed: Number.parseInt(commit.slice(0, 7), 16), of: `from commit ${commit.slice(0, 10)}` };
  } catch {
    return { seed: 1, of: "without a commit" };
  }
}
