import { readFile, symlink } from "node:fs/promises";
import { Description, FilePath } from "@natster/contracts/files";
import { expect, test } from "vitest";
import { testFolder } from "./folder.fixture.ts";
import { describeFiles, FollowedManifest, ManifestError, manifestFile, readDescriptions } from "./manifest.ts";

const path = (text: string) => FilePath.parse(text);
const says = (text: string) => Description.parse(text);

test("what is said of a file is read again, and what else is in the manifest stays", async () => {
  await using folder = await testFolder();
  await folder.put(manifestFile, JSON.stringify({ title: "mine", descriptions: { "a.txt": "first" } }));
  await describeFiles(folder.path, new Map([[path("b/ü 🎈.txt"), says("zweites")]]));
  expect(Object.fromEntries(await readDescriptions(folder.path))).toEqual({
    "a.txt": "first",
    "b/ü 🎈.txt": "zweites",
  });
  await describeFiles(folder.path, new Map([[path("a.txt"), ""]]));
  expect(JSON.parse(await readFile(folder.at(manifestFile), "utf8"))).toEqual({
    title: "mine",
    descriptions: { "b/ü 🎈.txt": "zweites" },
  });
});

test("what is no path, is too long or would move a terminal's cursor is not said", async () => {
  await using folder = await testFolder();
  const descriptions = {
    "../up": "x",
    "/root": "x",
    "a.txt": "x".repeat(513),
    "b.txt": "\u001B[2J",
    "c.txt": "two\nlines",
  };
  await folder.put(manifestFile, JSON.stringify({ descriptions }));
  expect(Object.fromEntries(await readDescriptions(folder.path))).toEqual({ "c.txt": "two\nlines" });
});

test("a manifest that cannot be understood, or leads elsewhere, is refused and stays as it is", async () => {
  await using folder = await testFolder();
  await folder.put(manifestFile, "{");
  await expect(describeFiles(folder.path, new Map([[path("a"), says("b")]]))).rejects.toThrow(ManifestError);
  expect(await readFile(folder.at(manifestFile), "utf8")).toBe("{");
  await using other = await testFolder();
  await symlink(folder.at(manifestFile), other.at(manifestFile));
  await expect(readDescriptions(other.path)).rejects.toThrow(ManifestError);
});

test("a manifest is read again when it has changed, and a broken one says nothing", async () => {
  await using folder = await testFolder();
  const troubles: unknown[] = [];
  const manifest = new FollowedManifest(folder.path, (error) => troubles.push(error));
  expect((await manifest.descriptions()).size).toBe(0);
  await folder.put(manifestFile, JSON.stringify({ descriptions: { "a.txt": "first" } }));
  expect((await manifest.descriptions()).get(path("a.txt"))).toBe("first");
  await folder.put(manifestFile, "no JSON, and longer");
  expect((await manifest.descriptions()).size).toBe(0);
  expect((await manifest.descriptions()).size).toBe(0);
  expect(troubles).toHaveLength(1);
});
