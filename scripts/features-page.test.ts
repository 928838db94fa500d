/** The table of docs/features.md, held against the tests that it names. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { docs, quotedIn } from "./quoted.ts";

const page = readFileSync(join(docs, "features.md"), "utf8");
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `${from + at}`);

test("every feature of the command line before has a row with a test", () => {
  const rows = [...page.matchAll(/^\| (\d+): .*$/gm)];
  expect(rows.map(([, id]) => id)).toEqual([...numbered(1, 54), ...numbered(70, 74), "96", "98", "99"]);
  expect(rows.filter(([row]) => !/\.test\.ts\): _/.test(row))).toEqual([]);
});

test("what a row quotes is in the file that it links to", () => {
  const { links, missing } = quotedIn(page);
  expect(links).toBeGreaterThan(60);
  expect(missing).toEqual([]);
});
