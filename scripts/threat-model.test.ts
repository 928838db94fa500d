/** The tables of docs/threat-model.md and docs/weaknesses-files.md, held against the tests that they name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const docs = join(import.meta.dirname, "..", "docs");
const page = readFileSync(join(docs, "threat-model.md"), "utf8");
const ofFiles = readFileSync(join(docs, "weaknesses-files.md"), "utf8");
const tables = page.slice(page.indexOf("## Weaknesses of the system before"));
const attacks = page.slice(page.indexOf("## Attack by attack"), page.indexOf("## Weaknesses of the system before"));

/** Each link of a table, with what is quoted from the file behind it. */
const quoted = [
  ...`${attacks}\n${tables}\n${ofFiles}`.matchAll(
    /\[([\w.-]+)\]\((\.\.\/(?:test|packages|services)\/[^)]+)\): ((?:_[^_|]+_(?:, )?)+)/g,
  ),
].map(([, , path = "", names = ""]) => ({
  path,
  names: [...names.matchAll(/_([^_]+)_/g)].map(([, name = ""]) => name),
}));

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

test("every weakness of its file-servers and of its libraries has a row with a test", () => {
  const named = [...ofFiles.matchAll(/^\| ((?:[CM]\d+(?:, )?)+):.*\.test\.ts\)/gm)].flatMap(([, ids = ""]) =>
    ids.split(", "),
  );
  const all = (letter: string, many: number) => Array.from({ length: many }, (_, at) => `${letter}${at + 1}`);
  expect(named).toEqual([...all("C", 18), ...all("M", 11)]);
});

test("what a row quotes is in the file that it links to", () => {
  expect(quoted.length).toBeGreaterThan(40);
  const missing = quoted.flatMap(({ path, names }) => {
    const source = readFileSync(join(docs, path), "utf8").replaceAll('\\"', '"');
    return names.filter((name) => !source.includes(name)).map((name) => `${path}: ${name}`);
  });
  expect(missing).toEqual([]);
});

test("every link of the page leads to something", () => {
  const links = [...page.matchAll(/\]\((\.\.?\/?[^)#]+|[\w-]+\.md|adr\/[^)]+)\)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(30);
  for (const path of links) expect(() => readFileSync(join(docs, path)), path).not.toThrow(/ENOENT/);
});
