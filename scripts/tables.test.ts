/** The tables of docs/log.md, held against the tests that they name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { docs, quotedIn } from "./quoted.ts";

const page = readFileSync(join(docs, "log.md"), "utf8");
const numbered = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `${letter}${from + at}`);

test("every weakness and every feature of the log before has a row with a test", () => {
  const rows = [...page.matchAll(/^\| ([PG]?\d+): .*$/gm)];
  expect(rows.map(([, id]) => id)).toEqual([...numbered("P", 1, 14), ...numbered("G", 1, 5), ...numbered("", 55, 67)]);
  expect(rows.filter(([row]) => !/\.test\.ts\): _/.test(row))).toEqual([]);
});

test("what a row quotes is in the file that it links to", () => {
  const { links, missing } = quotedIn(page);
  expect(links).toBeGreaterThan(40);
  expect(missing).toEqual([]);
});
