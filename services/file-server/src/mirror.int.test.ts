import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FilePath } from "@natster/contracts/files";
import { openCatalog, type OpenCatalogOptions } from "@natster/files";
import {
  EmptyCatalogError,
  followMirror,
  mirror,
  MirrorBusyError,
  planMirror,
  resumeDownload,
  type Step,
} from "@natster/files/download";
import { silentLog } from "@natster/micro";
import type { NatsConnection } from "@nats-io/nats-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Nats, photos, startNats } from "./nats.fixture.ts";
import { serveCatalog, type ServedCatalog } from "./serve-catalog.ts";
import { serveOddly } from "./serving.fixture.ts";

const MiB = 1024 * 1024;

let nats: Nats;
let [owner, reader]: NatsConnection[] = [];
beforeAll(async () => {
  nats = await startNats();
  [owner, reader] = [await nats.connect("owner"), await nats.connect("reader")];
});
afterAll(() => nats?.[Symbol.asyncDispose]());

async function put(root: string, content: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, bytes] of Object.entries(content)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
}

/** A folder that is served, and one that is to be like it. */
async function served(content: Record<string, string | Uint8Array>) {
  const root = await nats.newFolder();
  await put(root, content);
  const serving: ServedCatalog = await serveCatalog({
    connection: owner!,
    device: nats.serving,
    catalog: photos,
    root,
    log: silentLog(),
    follow: { quiet: 50 },
  });
  return { root, target: await nats.newFolder(), serving, [Symbol.asyncDispose]: () => serving.stop() };
}

const openShared = (options: Partial<OpenCatalogOptions> = {}) =>
  openCatalog(reader!, { catalog: photos, owner: nats.owner, device: nats.reading, grant: nats.grant, ...options });

/** The files below a folder with their content, but for what the mirror keeps for itself. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const shown = files.map((file) => file.slice(folder.length + 1)).filter((path) => !path.startsWith(".natster/"));
  const content = shown
    .toSorted()
    .map(async (path) => [path, (await readFile(join(folder, path))).toString("latin1")] as const);
  return Object.fromEntries(await Promise.all(content));
}
const partsOf = (target: string) => readdir(join(target, ".natster/parts"));
const doneIn = async (run: (onStep: (step: Step, error?: Error) => void) => Promise<unknown>): Promise<string[]> => {
  const steps: string[] = [];
  await run((step, error) => steps.push(`${step.do} ${step.path}${error ? ` failed: ${error.name}` : ""}`));
  return steps.toSorted();
};

test("a catalog is mirrored, and again only what changed; what moved is not downloaded", async () => {
  const film = randomBytes(3 * MiB);
  await using at = await served({ a: "one", "b/c": "two", "b/empty": "", "film.bin": film });
  const catalog = await openShared();

  const first = await mirror(catalog, at.target);
  expect(first).toMatchObject({ same: 0, downloads: 4, copies: 0, failed: 0, bytes: 6 + film.length });
  expect(await contentOf(at.target)).toEqual(await contentOf(at.root));
  expect(await partsOf(at.target)).toEqual([]);

  await rename(join(at.root, "film.bin"), join(at.root, "b/renamed.bin"));
  await put(at.root, { a: "changed", new: "two" });
  await at.serving.rescan();
  const steps = await doneIn((onStep) => mirror(catalog, at.target, { onStep }));
  expect(steps).toEqual(["copy b/renamed.bin", "copy new", "download a"]);
  // Nobody asked for anything to be deleted.
  expect(await contentOf(at.target)).toEqual({ ...(await contentOf(at.root)), "film.bin": film.toString("latin1") });
  expect(await mirror(catalog, at.target)).toMatchObject({ same: 5, downloads: 0, copies: 0 });
});

test("what is gone is deleted when that is asked for: only what was mirrored, and not what was changed here", async () => {
  await using at = await served({ a: "a", "b/c/d": "d", "b/e": "e", f: "f" });
  const catalog = await openShared();
  await mirror(catalog, at.target);
  await put(at.target, { mine: "mine", f: "mine too" });
  for (const path of ["a", "b/c", "f"]) await rm(join(at.root, path), { recursive: true });
  await at.serving.rescan();

  const plan = await Array.fromAsync(planMirror(catalog, at.target, { prune: true }));
  expect(plan.map((step) => `${step.do} ${step.path}`)).toEqual(["delete a", "delete b/c/d", "keep f"]);
  expect(Object.keys(await contentOf(at.target))).toHaveLength(5);
  const done = await mirror(catalog, at.target, { prune: true });

  expect(done).toMatchObject({ deletions: 2, kept: 1, failed: 0 });
  expect(await contentOf(at.target)).toEqual({ "b/e": "e", f: "mine too", mine: "mine" });
  expect(await readdir(join(at.target, "b"))).toEqual(["e"]);
});

test("what was changed here stays, whether the catalog's has changed or not, until it is to be replaced", async () => {
  await using at = await served({ here: "1", both: "2", theirs: "3", link: "4" });
  const catalog = await openShared();
  await put(at.target, { both: "was there before" });
  await mirror(catalog, at.target);
  await put(at.target, { here: "mine", both: "mine too" });
  await rm(join(at.target, "link"));
  await symlink("theirs", join(at.target, "link"));
  await put(at.root, { both: "2b", theirs: "3b" });
  await at.serving.rescan();

  const plan = await Array.fromAsync(planMirror(catalog, at.target));
  const kept = plan.flatMap((step) => (step.do === "keep" ? [[step.path, step.changed]] : []));
  expect(kept).toEqual([
    ["both", "both"],
    ["here", "here"],
    ["link", "here"],
  ]);
  expect(plan).toContainEqual(expect.objectContaining({ do: "download", path: "theirs", replaces: true }));
  expect(await mirror(catalog, at.target)).toMatchObject({ downloads: 1, kept: 3, failed: 0 });
  expect(await contentOf(at.target)).toEqual({ here: "mine", both: "mine too", theirs: "3b" });

  expect(await mirror(catalog, at.target, { force: true })).toMatchObject({ kept: 0, failed: 0 });
  expect(await contentOf(at.target)).toEqual(await contentOf(at.root));
});

test("what somebody writes while the content is on its way stays, and the rest of it is kept for the next run", async () => {
  await using at = await served({ "film.bin": randomBytes(3 * MiB) });
  const catalog = await openShared();
  const onProgress = () => writeFileSync(join(at.target, "film.bin"), "mine");
  const done = await mirror(catalog, at.target, { onProgress });

  expect(done.failures.map(({ error }) => error.message)).toEqual([expect.stringContaining("and stays")]);
  expect(await contentOf(at.target)).toEqual({ "film.bin": "mine" });
  expect(await partsOf(at.target)).toHaveLength(1);
  await rm(join(at.target, "film.bin"));
  expect(await mirror(catalog, at.target)).toMatchObject({ failed: 0, resumed: 3 * MiB });
  expect(await contentOf(at.target)).toEqual(await contentOf(at.root));
});

test("what is gone and not deleted is counted, but for what is gone here too", async () => {
  await using at = await served({ a: "a", b: "b", c: "c" });
  const catalog = await openShared();
  await mirror(catalog, at.target);
  for (const path of [join(at.root, "a"), join(at.root, "b"), join(at.target, "b")]) await rm(path);
  await at.serving.rescan();

  expect(await mirror(catalog, at.target)).toMatchObject({ gone: 1, deletions: 0 });
  expect(await mirror(catalog, at.target, { prune: true })).toMatchObject({ gone: 0, failed: 0 });
  expect(await contentOf(at.target)).toEqual({ c: "c" });
});

test("a catalog that lists nothing deletes nothing", async () => {
  await using at = await served({ a: "a" });
  const catalog = await openShared();
  await mirror(catalog, at.target);
  await rm(join(at.root, "a"));
  await at.serving.rescan();

  await expect(mirror(catalog, at.target, { prune: true })).rejects.toThrow(EmptyCatalogError);
  expect(await contentOf(at.target)).toEqual({ a: "a" });
});

test("a folder of a catalog, or one file, is mirrored alone", async () => {
  await using at = await served({ "a/b/1": "1", "a/b/c/2": "2", "a/3": "3", "a/b.txt": "4" });
  const catalog = await openShared();

  await mirror(catalog, at.target, { folder: "a/b" as FilePath });
  expect(await contentOf(at.target)).toEqual({ "1": "1", "c/2": "2" });
  const other = await nats.newFolder();
  await mirror(catalog, other, { file: "a/b.txt" as FilePath });
  expect(await contentOf(other)).toEqual({ "b.txt": "4" });
});

test("a plan changes nothing on the disk, and what is there already is not downloaded", async () => {
  await using at = await served({ a: "one", b: "two" });
  await put(at.target, { a: "one", b: "2" });
  await utimes(join(at.target, "a"), 1, 1);
  const catalog = await openShared();

  const plan = await Array.fromAsync(planMirror(catalog, at.target, { force: true }));
  expect(plan.map((step) => `${step.do} ${step.path}`)).toEqual(["copy a", "download b"]);
  expect(await readdir(at.target)).toEqual(["a", "b"]);
  expect(await mirror(catalog, at.target, { force: true })).toMatchObject({ downloads: 1, bytes: 3 });
  expect((await stat(join(at.target, "a"))).mtimeMs).toBe(1_000);
});

test("an interrupted download goes on where it ended, and what was spoilt meanwhile begins anew", async () => {
  const film = randomBytes(24 * MiB);
  await using at = await served({ "film.bin": film });
  const catalog = await openShared();
  const run = async (stopAt: number) => {
    const enough = new AbortController();
    let first: number | undefined;
    const onProgress = ({ bytes }: { bytes: number }) => {
      first ??= bytes;
      if (bytes >= stopAt) enough.abort(new Error("enough"));
    };
    const how = await mirror(catalog, at.target, { signal: enough.signal, onProgress }).then(
      () => "done",
      (error: Error) => error.message,
    );
    return { how, first };
  };

  expect(await run(8 * MiB)).toMatchObject({ how: "enough" });
  expect(await contentOf(at.target)).toEqual({});
  const [part] = await partsOf(at.target);
  const path = join(at.target, ".natster/parts", part!);
  const there = (await stat(path)).size;
  expect(there).toBeGreaterThan(0);
  const again = await run(16 * MiB);
  expect(again.how).toBe("enough");
  expect(again.first).toBe(there);
  const spoilt = await readFile(path);
  expect(spoilt.equals(film.subarray(0, spoilt.length))).toBe(true);
  spoilt[5] = 255 - spoilt[5]!;
  await writeFile(path, spoilt);

  expect(await run(Number.POSITIVE_INFINITY)).toMatchObject({ how: "done" });
  expect((await readFile(join(at.target, "film.bin"))).equals(film)).toBe(true);
  expect(await partsOf(at.target)).toEqual([]);
});

test("two at once into one folder: the second is refused by name, and nothing is spoilt", async () => {
  await using at = await served({ "film.bin": randomBytes(8 * MiB), a: "a" });
  const catalog = await openShared();

  const both = await Promise.allSettled([mirror(catalog, at.target), mirror(catalog, at.target)]);
  expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: expect.any(MirrorBusyError) });
  expect(await contentOf(at.target)).toEqual(await contentOf(at.root));
});

test("one file fetched twice at once into one folder: the second is refused by name, and the first is whole", async () => {
  const film = randomBytes(8 * MiB);
  await using at = await served({ "film.bin": film });
  const catalog = await openShared();
  const [entry] = await Array.fromAsync(catalog.entries());
  const target = join(at.target, "film.bin");

  const both = await Promise.allSettled([1, 2].map(() => resumeDownload(catalog, entry!, target)));
  expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: expect.any(MirrorBusyError) });
  expect((await readFile(target)).equals(film)).toBe(true);
  expect(await readdir(at.target)).toEqual(["film.bin"]);
});

test("what had come of a file that has changed since is gone when the new one is there", async () => {
  await using at = await served({ "film.bin": randomBytes(8 * MiB) });
  const catalog = await openShared();
  const [entry] = await Array.fromAsync(catalog.entries());
  const target = join(at.target, "film.bin");
  const enough = new AbortController();
  const onProgress = () => enough.abort(new Error("enough"));
  await expect(resumeDownload(catalog, entry!, target, { signal: enough.signal, onProgress })).rejects.toThrow(
    "enough",
  );
  expect(await readdir(at.target)).toHaveLength(1);

  const film = randomBytes(8 * MiB);
  await put(at.root, { "film.bin": film });
  await at.serving.rescan();
  const [changed] = await Array.fromAsync(catalog.entries());
  await resumeDownload(catalog, changed!, target);
  expect((await readFile(target)).equals(film)).toBe(true);
  expect(await readdir(at.target)).toEqual(["film.bin"]);
});

test("names that try to leave the folder, or into the mirror's own, are refused by name and the rest arrives", async () => {
  await using at = await served({ a: "a", b: "b" });
  const honest = await openShared();
  const lying = {
    ...honest,
    async *entries() {
      for await (const entry of honest.entries()) yield entry;
      for await (const entry of honest.entries()) {
        yield { ...entry, path: `../${entry.path}` as FilePath };
        yield { ...entry, path: `.natster/${entry.path}` as FilePath };
      }
    },
  };

  const target = join(at.target, "deep");
  const done = await mirror(lying, target);
  expect(done).toMatchObject({ downloads: 2, refused: 4, failed: 4 });
  expect(new Set(done.failures.map(({ error }) => error.name))).toEqual(new Set(["UnsafePathError"]));
  expect(await contentOf(target)).toEqual({ a: "a", b: "b" });
  expect(await readdir(at.target)).toEqual(["deep"]);
});

test("what does not have its digest never gets its name, and what was there stays", async () => {
  const root = await nats.newFolder();
  await put(root, { small: "content", "large.bin": randomBytes(MiB) });
  await using _served = await serveOddly({ connection: owner!, device: nats.serving }, photos, root, {
    inside: (handlers) => ({
      async read(call) {
        const bytes = Uint8Array.from(await handlers.read(call));
        bytes[0]! ^= 1;
        return bytes;
      },
      async readMany(call) {
        const bundle = Uint8Array.from(await handlers.readMany(call));
        bundle[bundle.length - 1]! ^= 1;
        return bundle;
      },
    }),
  });
  const target = await nats.newFolder();
  await put(target, { small: "older" });

  const done = await mirror(await openShared(), target, { force: true });
  expect(done.failures.map(({ error }) => error.name)).toEqual(["DigestMismatchError", "DigestMismatchError"]);
  expect(await contentOf(target)).toEqual({ small: "older" });
});

test("small files come together; one that changed since it was indexed is named, and the others arrive", async () => {
  const names = Array.from({ length: 300 }, (_, number) => [`d${number % 9}/f${number}`, `content ${number}`] as const);
  const root = await nats.newFolder();
  await put(root, { ...Object.fromEntries(names), changed: "before" });
  const asked = { together: 0, alone: 0 };
  await using _served = await serveOddly({ connection: owner!, device: nats.serving }, photos, root, {
    inside: (handlers) => ({
      read: (call) => (asked.alone++, handlers.read(call)),
      readMany: (call) => (asked.together++, handlers.readMany(call)),
    }),
  });
  await writeFile(join(root, "changed"), "something else, and longer");
  const target = await nats.newFolder();

  const done = await mirror(await openShared(), target);
  expect(done).toMatchObject({ downloads: 301, failed: 1 });
  expect(done.failures[0]?.step).toMatchObject({ path: "changed" });
  expect(done.failures[0]?.error).toMatchObject({ name: "Refusal", reason: "changed" });
  expect(await contentOf(target)).toEqual(Object.fromEntries(names));
  expect(asked.together).toBeGreaterThan(0);
  // What changed, and what a slow disk left no time for.
  expect(asked.alone).toBeGreaterThan(0);
});

test("small files arrive one by one from an instance of the time when there was no other way", async () => {
  const root = await nats.newFolder();
  const content = { a: "one", b: "two", "c/d": "three" };
  await put(root, content);
  await using _served = await serveOddly({ connection: owner!, device: nats.serving }, photos, root, {
    older: true,
  });
  const target = await nats.newFolder();

  expect(await mirror(await openShared(), target)).toMatchObject({ downloads: 3, failed: 0 });
  expect(await contentOf(target)).toEqual(content);
});

test("equal files are downloaded once", async () => {
  const film = randomBytes(MiB);
  await using at = await served({ "1.bin": film, "2.bin": film, "d/3.bin": film, x: "x", y: "x" });
  let read = 0;
  const catalog = await openShared();
  const counting = {
    ...catalog,
    readSmall: (...args: Parameters<typeof catalog.readSmall>) => (read++, catalog.readSmall(...args)),
    pull: (...args: Parameters<typeof catalog.pull>) => (read++, catalog.pull(...args)),
  };

  expect(await mirror(counting, at.target)).toMatchObject({ failed: 0 });
  expect(read).toBe(2);
  expect(await contentOf(at.target)).toEqual(await contentOf(at.root));
});

test("a mirror follows: what comes, changes and goes is there without being asked for", async () => {
  await using at = await served({ a: "1" });
  const catalog = await openShared();
  const ended = new AbortController();
  const watching = { ...catalog, watch: (since: number) => at.serving.changed(since, ended.signal) };
  const following = (async () => {
    for await (const _ of followMirror(watching, at.target, { prune: true, signal: ended.signal })) continue;
  })();
  const catchesUp = () => expect.poll(() => contentOf(at.target), { timeout: 20_000 }).toEqual({ a: "1", ...expected });
  let expected: Record<string, string> = {};

  await catchesUp();
  await put(at.root, { "b/c": "2" });
  expected = { "b/c": "2" };
  await catchesUp();
  await put(at.root, { a: "3" });
  await rename(join(at.root, "b"), join(at.root, "d"));
  expected = { a: "3", "d/c": "2" };
  await catchesUp();
  ended.abort(new Error("enough"));
  await expect(following).rejects.toThrow("enough");
});
