/** Runs vitest, which shows its own report, and counts what it found. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "./child.mjs";
import type { Count } from "./count.ts";

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

export interface TestRun extends Count {
  readonly code: number;
}

/** Runs tests. A test that is skipped or still to be written counts as failed: it shows nothing. */
export async function runTests(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<TestRun> {
  const folder = mkdtempSync(join(tmpdir(), "natster-tests-"));
  const file = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const code = await runChild("vitest", ["run", "--allowOnly=false", ...reporters, ...args], {
      env: { ...process.env, ...env },
    });
    const { passed, failed, skipped } = read(file);
    if (skipped > 0) console.log(`${skipped} skipped: a test that does not run counts as failed`);
    // What keeps a file from being read, or happens outside of every test, is no failed test and fails all the same.
    const unseen = code !== 0 && failed + skipped === 0 ? 1 : 0;
    return { passed, failed: failed + skipped + unseen, code: code || (skipped > 0 ? 1 : 0) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file: string): Count & { readonly skipped: number } {
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    const skipped = report.numPendingTests + report.numTodoTests;
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
