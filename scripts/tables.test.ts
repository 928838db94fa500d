/** The tables of features and weaknesses of the system before, held against the tests that they name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { docs, quotedIn } from "./quoted.ts";

const numbered = (from: number, to: number, letter = "") =>
  Array.from({ length: to - from + 1 }, (_, at) => `${letter}${from + at}`);

describe.each([
  { page: "command-line.md", ids: [...numbered(1, 54), ...numbered(70, 74), "96", "98", "99"] },
  { page: "files.md", ids: [...numbered(1, 18, "C"), ...numbered(1, 11, "M")] },
  { page: "log.md", ids: [...numbered(1, 14, "P"), ...numbered(1, 5, "G"), ...numbered(55, 67)] },
  { page: "page.md", ids: [...numbered(75, 95), "100", ...numbered(1, 10, "W")] },
])("before/$page", ({ page, ids }) => {
  const path = join(docs, "before", page);
  const text = readFileSync(path, "utf8");

  test("has every feature and every weakness that it is about", () => {
    const named = [...text.matchAll(/^\| ((?:[A-Z]?\d+(?:, )?)+): /gm)].flatMap(([, some = ""]) => some.split(", "));
    expect(named).toEqual(ids);
  });

  test("names a test in every row", () => {
    const rows = text.split("\n").filter((line) => /^\| (?!-|Theirs|What )/.test(line));
    expect(rows.filter((row) => !/\.test\.tsx?\): _/.test(row))).toEqual([]);
  });

  test("quotes what is in the files that it links to", () => {
    const { links, missing } = quotedIn(path);
    expect(links).toBeGreaterThanOrEqual(text.match(/\.test\.tsx?\): _/g)?.length ?? 1);
    expect(missing).toEqual([]);
  });
});
