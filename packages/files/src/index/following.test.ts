import { appendFile, mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type TestFolder, testFolder } from "../folder.fixture.ts";
import { indexFolder, type FolderIndex } from "./folder-index.ts";
import { entriesOf, freshListing, listingOf } from "./listing.fixture.ts";

const paths = (index: FolderIndex): string[] =>
  entriesOf(index)
    .map(({ path }) => path)
    .toSorted();
const follow = { quiet: 50 };

/** Waits until the index is like one that is made now. */
async function toBeTrue(folder: TestFolder, index: FolderIndex): Promise<string[]> {
  const now = await freshListing(folder.path);
  await expect.poll(() => listingOf(index), { timeout: 20_000 }).toEqual(now);
  return paths(index);
}

test("what is created, changed, moved and deleted is followed", async () => {
  await using folder = await testFolder();
  for (const path of ["a", "b", "c", "d/e"]) await folder.put(path);
  await using index = await indexFolder(folder.path, { follow });
  const { revision } = index;

  await folder.put("new", "new");
  await folder.put("a", "changed");
  await rm(folder.at("b"));
  await rename(folder.at("c"), folder.at("d/c"));

  expect(await toBeTrue(folder, index)).toEqual(["a", "d/c", "d/e", "new"]);
  expect(index.revision).toBeGreaterThan(revision);
});

test("new folders are followed with what is in them, however deep, moved ones too, and removed ones are gone", async () => {
  await using folder = await testFolder();
  await folder.put("old/x/y", "1");
  await using index = await indexFolder(folder.path, { follow });

  await folder.put("new/deep/er/a", "2");
  expect(await toBeTrue(folder, index)).toEqual(["new/deep/er/a", "old/x/y"]);
  await folder.put("new/deep/er/b", "3");
  await rename(folder.at("old"), folder.at("new/older"));
  expect(await toBeTrue(folder, index)).toEqual(["new/deep/er/a", "new/deep/er/b", "new/older/x/y"]);
  await folder.put("new/older/x/z", "4");
  await rm(folder.at("new/deep"), { recursive: true });
  expect(await toBeTrue(folder, index)).toEqual(["new/older/x/y", "new/older/x/z"]);
});

test("a folder that is deleted and made again is followed again", async () => {
  await using folder = await testFolder();
  await folder.put("a/1");
  await using index = await indexFolder(folder.path, { follow });
  for (let round = 2; round < 6; round++) {
    await rm(folder.at("a"), { recursive: true });
    await folder.put(`a/${round}`);
    expect(await toBeTrue(folder, index)).toEqual([`a/${round}`]);
  }
});

test("a folder that takes the place of the root is followed in its stead", async () => {
  await using folder = await testFolder();
  for (const path of ["root/one", "next/two"]) await folder.put(path);
  await using index = await indexFolder(folder.at("root"), { follow });
  const paths = () => entriesOf(index).map(({ path }) => path);

  await rename(folder.at("root"), folder.at("old"));
  await rename(folder.at("next"), folder.at("root"));
  await expect.poll(paths, { timeout: 20_000 }).toEqual(["two"]);
  await folder.put("root/four");
  await folder.put("old/not-followed");
  await expect.poll(paths, { timeout: 20_000 }).toEqual(["four", "two"]);
});

test("a file that is still being written waits until it is quiet, and is then there as a whole", async () => {
  await using folder = await testFolder();
  await using index = await indexFolder(folder.path, { follow: { quiet: 1_000 } });
  const seen = new Set<number>();
  for (let part = 0; part < 10; part++) {
    await appendFile(folder.at("film"), "x".repeat(1_000));
    // Ten parts within less than the quiet time of each other.
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const { size } of entriesOf(index)) seen.add(size);
  }
  await expect.poll(() => entriesOf(index).map(({ size }) => size), { timeout: 20_000 }).toEqual([10_000]);
  expect([...seen]).toEqual([]);
});

test("ignore rules that come, change and go count at once for everything below them", async () => {
  await using folder = await testFolder();
  for (const path of ["a.raw", "deep/b.raw", "deep/c.txt"]) await folder.put(path);
  await using index = await indexFolder(folder.path, { follow });

  await folder.put(".natsterignore", "*.raw\n");
  expect(await toBeTrue(folder, index)).toEqual(["deep/c.txt"]);
  await folder.put("deep/.natsterignore", "!b.raw\nc.txt\n");
  expect(await toBeTrue(folder, index)).toEqual(["deep/b.raw"]);
  await rm(folder.at(".natsterignore"));
  expect(await toBeTrue(folder, index)).toEqual(["a.raw", "deep/b.raw"]);
});

test("what a link leads to is followed through the link", async () => {
  await using folder = await testFolder();
  await folder.put("real/a", "1");
  await folder.put("one", "1");
  await symlink("one", folder.at("to-one"));
  await symlink("to-one", folder.at("to-to-one"));
  await symlink("real", folder.at("alias"));
  await symlink("later", folder.at("dangling"));
  await using index = await indexFolder(folder.path, { follow });
  expect(paths(index)).toEqual(["alias/a", "one", "real/a", "to-one", "to-to-one"]);

  await folder.put("one", "another");
  await folder.put("real/b", "2");
  await folder.put("later", "now");
  expect(await toBeTrue(folder, index)).toContain("dangling");
  await rm(folder.at("to-one"));
  await writeFile(folder.at("to-one"), "no link any more");
  await rename(folder.at("real"), folder.at("moved"));
  expect(await toBeTrue(folder, index)).toEqual([
    "dangling",
    "later",
    "moved/a",
    "moved/b",
    "one",
    "to-one",
    "to-to-one",
  ]);
});

test("a change is told to whoever waits for one, at once to who has not seen it, and not to who gave up", async () => {
  await using folder = await testFolder();
  await folder.put("a");
  await using index = await indexFolder(folder.path, { follow });
  const { revision } = index;
  const given = new AbortController();
  const never = index.changed(revision, given.signal);
  given.abort(new Error("enough"));
  await expect(never).rejects.toThrow("enough");

  const told = index.changed(revision);
  await utimes(folder.at("a"), 1, 1);
  expect(await told).toBe(index.revision);
  expect(await index.changed(revision)).toBe(index.revision);
});

test("more events at once than the kernel keeps are made good by looking at everything", async () => {
  await using folder = await testFolder();
  await mkdir(folder.at("many"));
  await using index = await indexFolder(folder.path, { follow, hashers: 1 });
  // Each is at least three events, and the queue holds 16,384: faster than anybody reads them.
  const { execFileSync } = await import("node:child_process");
  execFileSync("sh", ["-c", "seq 1 12000 | xargs touch"], { cwd: folder.at("many") });
  await expect.poll(() => index.size, { timeout: 50_000 }).toBe(12_000);
});
