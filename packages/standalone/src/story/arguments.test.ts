import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readArguments, UsageError } from "./arguments.ts";

const here = () => {
  const from = mkdtempSync(join(tmpdir(), "natster-arguments-"));
  onTestFinished(() => rmSync(from, { recursive: true }));
  return { terminal: true, ci: false, from };
};

test("without a folder the sample is shared", () => {
  expect(readArguments([], here()).folder).toMatch(/sample$/);
});

test("a folder is found from where the command was typed", () => {
  const at = here();
  mkdirSync(join(at.from, "my photos"));
  expect(readArguments(["my photos"], at).folder).toBe(join(at.from, "my photos"));
});

test("it keeps running on a terminal, and ends with --once, in CI and where nobody looks", () => {
  const at = here();
  expect(readArguments([], at).stay).toBe(true);
  expect(readArguments(["--once"], at).stay).toBe(false);
  expect(readArguments([], { ...at, ci: true }).stay).toBe(false);
  expect(readArguments([], { ...at, terminal: false }).stay).toBe(false);
  expect(readArguments(["--stay"], { ...at, terminal: false, ci: true }).stay).toBe(true);
});

test("what cannot be followed is refused by name", () => {
  const at = here();
  for (const [args, why] of [
    [["nowhere"], /is not a folder/],
    [["a", "b"], /one folder at a time/],
    [["--twice"], /--twice/],
    [["--once", "--stay"], /contradict/],
  ] as const) {
    expect(() => readArguments(args, at)).toThrow(UsageError);
    expect(() => readArguments(args, at)).toThrow(why);
  }
});
