/**
 * Checks the repository in stages, one after another: `node scripts/check.ts STAGE …`. The first that breaks ends it,
 * since what comes after would only say the same again. A stage without tests of its own counts as one.
 */
import { runChild } from "./child.mjs";
import { type Count, none, sayLast, sum } from "./count.ts";
import { runTests, type TestRun } from "./vitest.ts";

const command = async (name: string, ...args: string[]): Promise<TestRun> => {
  const code = await runChild(name, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, code };
};

const stages: Readonly<Record<string, { readonly run: () => Promise<TestRun>; readonly fix: string }>> = {
  format: { run: () => command("oxfmt", "--check"), fix: "npm run format" },
  lint: { run: () => command("oxlint", "--type-aware"), fix: "npm run lint shows it again" },
  types: {
    run: () => command("turbo", "run", "types", "--continue", "--output-logs=errors-only"),
    fix: "npm run types shows it again",
  },
  docs: { run: () => command("node", "scripts/subjects.ts", "--check"), fix: "npm run docs" },
  unit: { run: () => runTests(["--project", "unit"]), fix: "npm run unit -- PART-OF-A-PATH" },
  e2e: { run: () => runTests(["--project", "e2e"]), fix: "npm run e2e -- PART-OF-A-PATH" },
  int: { run: () => runTests(["--project", "int"]), fix: "npm run int -- PART-OF-A-PATH" },
};

const names = process.argv.slice(2);
let count: Count = none;
for (const [index, name] of names.entries()) {
  const stage = stages[name];
  if (!stage) throw new Error(`there is no stage ${name}; there are: ${Object.keys(stages).join(" ")}`);
  console.log(`\n── ${name}`);
  const started = performance.now();
  const result = await stage.run();
  count = sum(count, result);
  if (result.code !== 0) {
    const rest = names.slice(index + 1);
    const unrun = rest.length > 0 ? ` Not run: ${rest.join(", ")}.` : "";
    console.log(`\n${name} ${result.code >= 128 ? "was ended" : "failed"} (${stage.fix}).${unrun}`);
    process.exitCode = result.code;
    break;
  }
  console.log(`   ${name} passed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
sayLast(count);
