import { Digest } from "@natster/contracts";
import { type FileEntry, FilePath } from "@natster/contracts/files";
import { expect, test } from "vitest";
import { below, directlyIn, named } from "./listing.ts";

const file = (path: string, size = 1): FileEntry => ({
  path: FilePath.parse(path),
  size,
  modified: 0,
  type: "text/plain",
  digest: Digest.parse("0".repeat(64)),
});
const entries = ["a.txt", "music/b.mp3", "music/old/c.mp3", "music/old/d.mp3", "music2/e.mp3", "U\u0308ber.txt"].map(
  (path) => file(path, 10),
);
const paths = (files: readonly FileEntry[]) => files.map(({ path }) => path);

test("a folder holds its files, and its folders with everything below them", () => {
  const { folders, files } = directlyIn(entries, "");
  expect(folders).toEqual([
    { path: "music", files: 3, bytes: 30 },
    { path: "music2", files: 1, bytes: 10 },
  ]);
  expect(paths(files)).toEqual(["a.txt", "U\u0308ber.txt"]);
  expect(directlyIn(entries, "music").folders).toEqual([{ path: "music/old", files: 2, bytes: 20 }]);
});

test("a folder is not another whose name begins alike", () => {
  expect(paths(below(entries, "music").files)).toEqual(["music/b.mp3", "music/old/c.mp3", "music/old/d.mp3"]);
});

test("a name is found in whatever case and form, and in names only", () => {
  expect(paths(named(entries, "", "Über").files)).toEqual(["U\u0308ber.txt"]);
  expect(paths(named(entries, "", "old").files)).toEqual([]);
  expect(paths(named(entries, "music", "C.MP3").files)).toEqual(["music/old/c.mp3"]);
});
