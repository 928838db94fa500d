/** The tables of features and weaknesses in docs, held against the tests that they name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { docs, quotedIn } from "./quoted.ts";

const numbered = (from: number, to: number, letter = "") =>
  Array.from({ length: to - from + 1 }, (_, at) => `${letter}${from + at}`);

describe.each([
  { page: "features.md", ids: [...numbered(1, 54), ...numbered(70, 74), "96", "98", "99"] },
  { page: "log.md", ids: [...numbered(1, 14, "P"), ...numbered(1, 5, "G"), ...numbered(55, 67)] },
  { page: "page.md", ids: [...numbered(75, 95), "100", ...numbered(1, 10, "W")] },
])("$page", ({ page, ids }) => {
  const text = readFileSync(join(docs, page), "utf8");

  test("has every feature and every weakness that it is about", () => {
    expect([...text.matchAll(/^\| ([A-Z]?\d+): /gm)].map(([, id]) => id)).toEqual(ids);
  });

  test("names a test in every row", () => {
    const rows = text.split("\n").filter((line) => /^\| (?!-|Theirs|What )/.test(line));
    expect(rows.filter((row) => !/\.test\.tsx?\): _/.test(row))).toEqual([]);
  });

  test("quotes what is in the files that it links to", () => {
    const { links, missing } = quotedIn(text);
    expect(links).toBeGreaterThan(ids.length);
    expect(missing).toEqual([]);
  });
});
