/**
 * Runs one suite on the composed system, and nothing else: `node scripts/suite.ts NAME [VITEST-ARGUMENT …]`. Its size
 * and seed come from the environment; without a seed, from the commit, so that a run can be repeated.
 */
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { sayLast, none } from "./count.ts";
import { seedHere } from "./seed.ts";
import { runTests } from "./vitest.ts";

const [name = "", ...args] = process.argv.slice(2);
const folder = join("test", name);
const tests = existsSync(folder) ? globSync(join(folder, "**", "*.test.{ts,tsx}")) : [];

if (tests.length === 0) {
  // Nothing that was not run may look as if it had passed.
  console.log(`${folder} holds no tests yet`);
  process.exitCode = 1;
  sayLast(none);
} else {
  const { seed, of } = seedHere();
  const { NATSTER_RUNS: runs } = process.env;
  console.log(
    `${name}: NATSTER_SEED=${seed} (${of})${runs ? `, NATSTER_RUNS=${runs}` : ", as many runs as each test says"}`,
  );
  const result = await runTests(["--project", "suites", "--project", "containers", `${folder}/`, ...args], {
    NATSTER_SEED: String(seed),
  });
  process.exitCode = result.code;
  sayLast(result);
}
