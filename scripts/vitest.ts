/** Runs vitest, which shows its own report, counts what it found, and names what failed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runChild } from "./child.mjs";
import type { Count } from "./count.ts";

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: "passed" | "failed";
  /** What kept the file from being run. */
  readonly message: string;
  readonly assertionResults: readonly TestResult[];
}

interface TestResult {
  readonly fullName: string;
  readonly status: "passed" | "failed" | "pending" | "skipped" | "todo" | "disabled";
  readonly failureMessages?: readonly string[];
}

export interface TestRun extends Count {
  readonly code: number;
}

/**
 * Runs tests. A test that is skipped or still to be written counts as failed: it shows nothing.
 *
 * With NATSTER_TWICE each file that failed is run once more, alone, and the second result counts. What passes only then
 * is named: it is no less a fault, in the test or in what it tries, but one that is mended on another day.
 */
export async function runTests(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<TestRun> {
  const first = await runOnce(args, env);
  const failing = first.files.filter(fails);
  for (const file of failing) sayFailed(file);
  if (first.code !== 0 && failing.length === 0) console.log("FAILED: outside of every test; vitest says above what");
  if (failing.length === 0 || !process.env["NATSTER_TWICE"]) return total(first.code, first.files);

  const projects = args.flatMap((arg, index) => (arg === "--project" ? args.slice(index, index + 2) : []));
  console.log("\n── once more, what failed");
  const second = await runOnce([...projects, ...failing.map(({ name }) => name), "--maxWorkers=1"], {
    ...env,
    // What containers are made from was built the first time.
    NATSTER_IMAGES: "built",
  });
  for (const file of second.files) (fails(file) ? sayFailed : sayUnsteady)(file);
  const again = new Map(second.files.map((file) => [file.name, file]));
  return total(
    second.code,
    first.files.map((file) => again.get(file.name) ?? file),
  );
}

interface Run {
  readonly code: number;
  readonly files: readonly FileResult[];
}

async function runOnce(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "natster-tests-"));
  const file = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const code = await runChild("vitest", ["run", "--allowOnly=false", ...reporters, ...args], {
      env: { ...process.env, ...env },
    });
    return { code, files: read(file) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file: string): readonly FileResult[] {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as Report).testResults;
  } catch {
    return [];
  }
}

const fails = ({ status, assertionResults }: FileResult): boolean =>
  status === "failed" || assertionResults.some((test) => test.status !== "passed");

function total(code: number, files: readonly FileResult[]): TestRun {
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === "passed").length;
  const failed = tests.length - passed;
  // What keeps a file from being read, or happens outside of every test, is no failed test and fails all the same.
  const unseen = code !== 0 && failed === 0 ? 1 : 0;
  return { passed, failed: failed + unseen, code: code || (failed > 0 ? 1 : 0) };
}

/** Names what failed on standard output, where a run's end is kept; vitest's own report of it goes elsewhere. */
function sayFailed({ name, message, assertionResults }: FileResult): void {
  const file = relative(process.cwd(), name);
  const tests = assertionResults.filter(({ status }) => status !== "passed");
  if (tests.length === 0) console.log(`FAILED: ${file}\n${firstLines(message)}`);
  for (const { fullName, status, failureMessages } of tests) {
    const why =
      status === "failed" ? firstLines(failureMessages?.join("\n") ?? "") : "  did not run: that shows nothing";
    console.log(`FAILED: ${file} > ${fullName}\n${why}`);
  }
}

const sayUnsteady = ({ name }: FileResult): void =>
  console.log(`UNSTEADY: ${relative(process.cwd(), name)} passed when it was run once more`);

const firstLines = (message: string): string =>
  message
    .split("\n")
    .filter((line) => !line.includes("node_modules"))
    .slice(0, 25)
    .map((line) => `  ${line}`)
    .join("\n");
