import { spawn } from "node:child_process";
import { once } from "node:events";
import { open as openFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type TestFolder, testFolder } from "../folder.fixture.ts";
import { claimCache } from "./cache-file.ts";
import { indexFolder } from "./folder-index.ts";
import { freshListing, listingOf } from "./listing.fixture.ts";

/** A folder with some files, and another one for the cache. */
async function folders(files: number): Promise<{ folder: TestFolder; cache: TestFolder } & AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  const [folder, cache] = [undo.use(await testFolder()), undo.use(await testFolder())];
  for (let number = 0; number < files; number++) await folder.put(`d${number % 5}/f${number}`, `content ${number}`);
  const opened = undo.move();
  return { folder, cache, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

test("what was hashed is not hashed again after a restart, and the revision goes on from where it was", async () => {
  await using at = await folders(20);
  const open = (now?: number) => indexFolder(at.folder.path, { cache: at.cache.path, ...(now && { now }) });
  let revision: number;
  {
    await using index = await open(1_000);
    expect(index.lastScan).toMatchObject({ hashed: 20, files: 20, revision: 1_000 });
    revision = index.revision;
  }
  {
    await using index = await open(5);
    expect(index.lastScan).toMatchObject({ hashed: 0, changed: false, files: 20, revision });
  }
  await at.folder.put("new");
  await rm(at.folder.at("d1"), { recursive: true });
  // The clock was set back meanwhile.
  await using index = await open(5);
  expect(index.lastScan).toMatchObject({ hashed: 1, changed: true, files: 17, revision: revision + 1 });
  expect(listingOf(index)).toEqual(await freshListing(at.folder.path));
});

test("a cache that is lost, damaged at its beginning or further on, cut off or of another kind is begun anew", async () => {
  await using at = await folders(10);
  const open = () => indexFolder(at.folder.path, { cache: at.cache.path });
  await (await open()).close();
  const name = (await readdir(at.cache.path)).find((each) => each.endsWith(".sqlite"));
  const file = join(at.cache.path, name!);
  const damages = [
    () => rm(file),
    () => writeFile(file, "not a database, but long enough to be read as the beginning of one ".repeat(100)),
    () => truncate(file, 5_000),
    async () => {
      await using damaged = await openFile(file, "r+");
      await damaged.write(Buffer.alloc(4096, 0xa5), 0, 4096, 2 * 4096);
    },
    () => writeFile(file, ""),
  ];
  for (const damage of damages) {
    await damage();
    await using index = await open();
    expect(index.lastScan).toMatchObject({ hashed: 10, files: 10 });
  }
});

test("two indexes of one folder at once do not share a cache, and each finds its own again", async () => {
  await using at = await folders(5);
  const open = () => indexFolder(at.folder.path, { cache: at.cache.path });
  {
    await using _one = await open();
    await using other = await open();
    expect(other.lastScan, "it begins with what the first knows").toMatchObject({ hashed: 0, files: 5 });
  }
  await using one = await open();
  await using other = await open();
  expect([one.lastScan?.hashed, other.lastScan?.hashed]).toEqual([0, 0]);
  using first = claimCache(at.cache.path, "/elsewhere");
  expect(first.path).not.toBe(one.database);
});

test("an index that is killed at any moment, in the middle of a write too, is true at the next start", async () => {
  await using at = await folders(400);
  const fixture = join(import.meta.dirname, "endless.fixture.ts");
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 399 }), async (wait, which) => {
      const child = spawn(process.execPath, [fixture, at.folder.path, at.cache.path], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(child, "close");
      await once(child.stdout, "data");
      // Where in its work it is then is chance, and shall be.
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill("SIGKILL");
      await ended;
      await at.folder.put(`d${which % 5}/f${which}`, `another ${wait}`);

      await using index = await indexFolder(at.folder.path, { cache: at.cache.path });
      expect(listingOf(index)).toEqual(await freshListing(at.folder.path));
    }),
    { numRuns: 4, endOnFailure: true },
  );
}, 240_000);
