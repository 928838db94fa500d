import stringWidth from "string-width";
import { expect, test } from "vitest";
import { type Column, cut, table } from "./table.ts";
import { rememberingUi } from "./ui.fixture.ts";

interface Row {
  readonly name: string;
  readonly size: string;
}

const columns: readonly Column<Row>[] = [
  { title: "SIZE", text: ({ size }) => size, align: "right" },
  { title: "NAME", text: ({ name }) => name, flexible: true },
  { title: "WHAT", text: () => "something that can be left out", optional: true },
];

const rows = [
  { name: "写真/海と空と長い長い名前の写真.jpg", size: "1.2 MB" },
  { name: "👩‍👩‍👧 family/a b.txt", size: "3 B" },
  { name: "e\u0301te\u0301.txt", size: "12 kB" },
];

test.each([20, 30, 40, 60, 200])("a table of %i columns is never wider than that", (width) => {
  const ui = rememberingUi(width);
  table(ui, rows, columns);
  expect(ui.lines).toHaveLength(4);
  for (const line of ui.lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
});

test("columns stand below one another, whatever the names are made of", () => {
  const ui = rememberingUi(200);
  table(ui, rows, columns);
  const starts = ui.lines.map((line) => stringWidth(line.slice(0, line.search(/WHAT|something/))));
  expect(new Set(starts).size).toBe(1);
});

test("where nothing may be left out, whatever is widest is cut", () => {
  const ui = rememberingUi(24);
  table(ui, rows, [
    { title: "ROLE", text: () => "server, may sign" },
    { title: "KEY", text: () => "UDXNTT3MXTLW" },
    ...columns,
  ]);
  for (const line of ui.lines) expect(stringWidth(line)).toBeLessThanOrEqual(24);
});

test("what is optional goes before anything is cut", () => {
  const ui = rememberingUi(46);
  table(ui, rows, columns);
  expect(ui.lines.join("\n")).toContain(rows[0]?.name);
  expect(ui.lines.join("\n")).not.toContain("WHAT");
});

test("a name cannot play with the terminal", () => {
  const ui = rememberingUi();
  table(ui, [{ name: "\u001B[2Jgone\u202Etxt.exe\r\n", size: "1" }], columns);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(ui.lines.join("")).not.toMatch(/[\u0000-\u001f\u202e]/);
});

test("a text is cut between characters, not inside one", () => {
  expect(cut("👩‍👩‍👧👩‍👩‍👧", 3)).toBe("👩‍👩‍👧…");
  expect(cut("日本語", 5)).toBe("日本…");
  expect(cut("short", 5)).toBe("short");
});
