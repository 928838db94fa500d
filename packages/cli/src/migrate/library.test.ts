import { expect, test } from "vitest";
import { filesOf, Library } from "./library.ts";

const hash = "A".repeat(64);
const entry = (path: string, description = "") => ({ path, description, mime_type: "image/jpeg", hash, byte_size: 3 });
const library = (...entries: ReturnType<typeof entry>[]) =>
  Library.parse({ name: "Photos", root_dir: "/home/alice/Photos", description: "", last_modified: 1, entries });

test("paths that older roots left odd lead to the same files", () => {
  const { files, odd } = filesOf(library(entry("/a/b.jpg"), entry("./c.jpg"), entry("ü 🎈//d.jpg"), entry("../e.jpg")));
  expect(files.map(({ path }) => path)).toEqual(["a/b.jpg", "c.jpg", "ü 🎈/d.jpg"]);
  expect(odd).toEqual(["../e.jpg"]);
});

test("of two entries for one file the last one counts", () => {
  const { files } = filesOf(library(entry("a.jpg", "first"), entry("/a.jpg", "second")));
  expect(files).toEqual([{ path: "a.jpg", digest: "a".repeat(64), size: 3, description: "second" }]);
});

test("what was said of a file is kept, and what nobody said is not", () => {
  const said = (text: string) => filesOf(library(entry("a.jpg", text))).files[0]?.description;
  expect(said("two\nlines")).toBe("two\nlines");
  expect(said("Auto-imported library entry")).toBeUndefined();
  expect(said("\u001B[2J")).toBe("[2J");
  expect(said("🎈".repeat(300))).toBe(`${"🎈".repeat(255)}…`);
});

test("a library without entries has none, and what is no library is refused", () => {
  expect(filesOf(Library.parse({ name: "a", root_dir: "/", entries: null })).files).toEqual([]);
  expect(Library.safeParse({ name: "a", entries: [] }).success).toBe(false);
});
