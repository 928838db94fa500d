import { Digest } from "@natster/contracts";
import { type FileEntry, FilePath } from "@natster/contracts/files";
import { expect, test } from "vitest";
import { folderOf, nameIn, rowsOf } from "./rows.ts";

const file = (path: string, size: number, modified: number): FileEntry => ({
  path: FilePath.parse(path),
  size,
  modified,
  type: "text/plain",
  digest: Digest.parse("0".repeat(64)),
});
const folders = [{ path: "z", files: 1, bytes: 5 }];
const files = [file("IMG_10.jpg", 1, 3), file("img_9.jpg", 3, 1), file("a.txt", 2, 2)];
const names = (...order: Parameters<typeof rowsOf>[2][]) =>
  order.map((each) => rowsOf(folders, files, each).map(({ name }) => name));

test("folders stand before files, and numbers in names count as numbers", () => {
  expect(names({ by: "name", down: false }, { by: "name", down: true })).toEqual([
    ["z", "a.txt", "img_9.jpg", "IMG_10.jpg"],
    ["z", "IMG_10.jpg", "img_9.jpg", "a.txt"],
  ]);
});

test("plain names stand as the language has them, also where all are plain", () => {
  const plain = ["b 10.txt", "B 9.txt", "a.txt", "a 1.txt", "file 007.txt", "file 8.txt", "Zoo", "1.txt"];
  const inOrder = (each: readonly string[]) =>
    rowsOf(
      [],
      each.map((name) => file(name, 0, 0)),
      { by: "name", down: false },
    ).map(({ name }) => name);
  // One that is not plain has the rules of the language applied to all.
  expect(inOrder(plain)).toEqual(inOrder([...plain, "ä"]).filter((name) => name !== "ä"));
});

test("by size and by time", () => {
  expect(names({ by: "size", down: true }, { by: "modified", down: false })).toEqual([
    ["z", "img_9.jpg", "a.txt", "IMG_10.jpg"],
    ["z", "img_9.jpg", "a.txt", "IMG_10.jpg"],
  ]);
});

test("a path is a folder and a name", () => {
  expect([nameIn("a/b/c.txt"), folderOf("a/b/c.txt"), nameIn("c.txt"), folderOf("c.txt")]).toEqual([
    "c.txt",
    "a/b",
    "c.txt",
    "",
  ]);
});

test("a hundred thousand lines are in order before anybody notices", () => {
  const many = Array.from({ length: 100_000 }, (_, at) => file(`file ${(at * 7919) % 100_000}.txt`, at, at));
  const rows = rowsOf([], many, { by: "name", down: false });
  expect([rows[0]?.name, rows[9]?.name, rows.at(-1)?.name]).toEqual(["file 0.txt", "file 9.txt", "file 99999.txt"]);
});
