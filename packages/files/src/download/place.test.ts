import { symlink } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { testFolder } from "../folder.fixture.ts";
import { makeFoldersFor, placeOf, UnsafePathError } from "./place.ts";

const place = (path: string, platform?: NodeJS.Platform) => placeOf("/target", path, platform);

test("a file keeps its path below the folder", () => {
  expect(place("a/b c/ä..txt")).toBe(join("/target", "a", "b c", "ä..txt"));
  expect(place("...")).toBe(join("/target", "..."));
});

test("names that try to leave the folder are refused", () => {
  for (const path of ["..", "../x", "a/../../x", "a/..", "/etc/passwd", "a//b", ".", "a/./b", "", "a\0b", "a/"]) {
    expect(() => place(path)).toThrow(UnsafePathError);
  }
});

test("what Windows reads as more than a name is refused there", () => {
  for (const path of ["..\\x", "C:", "a/C:\\x", "a:stream", "NUL", "con.txt", "a/lpt1", "end.", "end ", "a?"]) {
    expect(() => place(path, "win32")).toThrow(UnsafePathError);
  }
  expect(() => place("console.txt", "win32")).not.toThrow();
});

test("whatever the path, it is refused or lands below the folder", () => {
  const names = fc.oneof(fc.constantFrom("..", ".", "", "a", "\\", "..\\.."), fc.string());
  const landed = (path: string): string => {
    try {
      return place(path);
    } catch (error) {
      if (error instanceof UnsafePathError) return "/target/refused";
      throw error;
    }
  };
  fc.assert(
    fc.property(fc.array(names, { minLength: 1 }), (path) => {
      expect(landed(path.join("/")).startsWith("/target/")).toBe(true);
    }),
  );
});

test("a link or a file in the way of a folder is refused", async () => {
  await using folder = await testFolder();
  await using outside = await testFolder();
  await symlink(outside.path, folder.at("link"));
  await folder.put("file");
  await makeFoldersFor(folder.path, "new/deep/x");
  await makeFoldersFor(folder.path, "new/deep/y");

  for (const path of ["link/x", "link/deep/x", "file/x", "new/../link/x"]) {
    await expect(makeFoldersFor(folder.path, path)).rejects.toThrow(UnsafePathError);
  }
});
