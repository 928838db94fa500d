/** The tables of docs/threat-model.md, held against the tests that they name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { docs, quotedIn } from "./quoted.ts";

const path = join(docs, "threat-model.md");
const page = readFileSync(path, "utf8");
const tables = page.slice(page.indexOf("## Weaknesses of the system before"));
const attacks = page.slice(page.indexOf("## Attack by attack"), page.indexOf("## Weaknesses of the system before"));

test("every attack that was asked for has a row with a test of the attack suite", () => {
  const rows = attacks.split("\n").filter((line) => /^\| (?!-|Tried)/.test(line));
  expect(rows).toHaveLength(38);
  expect(rows.filter((row) => !/\(\.\.\/test\/attacks\/[\w-]+\.test\.ts\): _/.test(row))).toEqual([]);
});

test("every weakness of the system before has a row with a test, and so has all that its documentation said", () => {
  const named = [...tables.matchAll(/^\| (S\d+):/gm)].map(([, id]) => id);
  expect(named).toEqual(Array.from({ length: 21 }, (_, at) => `S${at + 1}`));
  const rows = tables.split("\n").filter((line) => /^\| (?!-|Theirs|It said)/.test(line));
  expect(rows).toHaveLength(21 + 11);
  expect(rows.filter((row) => !/\.test\.ts\)/.test(row))).toEqual([]);
});

test("what a row quotes is in the file that it links to", () => {
  const { links, missing } = quotedIn(path);
  expect(links).toBeGreaterThan(40);
  expect(missing).toEqual([]);
});
