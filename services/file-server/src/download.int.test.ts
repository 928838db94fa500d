import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type FileEntry, type FilePath, files } from "@natster/contracts/files";
import {
  type CatalogReader,
  DigestMismatchError,
  openCatalog,
  type OpenCatalogOptions,
  Throttle,
} from "@natster/files";
import { download, downloadAll, UnsafePathError } from "@natster/files/download";
import { isRefusal, NobodyAnswersError, Refusal, refuse, silentLog } from "@natster/micro";
import type { NatsConnection } from "@nats-io/nats-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Nats, photos, startNats } from "./nats.fixture.ts";
import { startProcess } from "./process.fixture.ts";
import { serveCatalog, type ServeCatalogOptions } from "./serve-catalog.ts";
import { type Oddity, serveOddly } from "./serving.fixture.ts";

const MiB = 1024 * 1024;

let nats: Nats;
let [owner, reader]: NatsConnection[] = [];
beforeAll(async () => {
  nats = await startNats();
  [owner, reader] = [await nats.connect("owner"), await nats.connect("reader")];
});
afterAll(() => nats?.[Symbol.asyncDispose]());

/** A folder with these files in it. */
async function folderWith(content: Record<string, string | Uint8Array>): Promise<string> {
  const root = await nats.newFolder();
  for (const [path, bytes] of Object.entries(content)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  return root;
}

const serveFolder = (root: string, options: Partial<ServeCatalogOptions> = {}) =>
  serveCatalog({ connection: owner!, device: nats.serving, catalog: photos, root, log: silentLog(), ...options });
const oddly = (root: string, odd: Oddity) =>
  serveOddly({ connection: owner!, device: nats.serving }, photos, root, odd);
const openShared = (options: Partial<OpenCatalogOptions> = {}) =>
  openCatalog(reader!, { catalog: photos, owner: nats.owner, device: nats.reading, grant: nats.grant, ...options });
const listOf = (catalog: CatalogReader): Promise<FileEntry[]> => Array.fromAsync(catalog.entries());

/** Everything below a folder, temporary files included. */
const below = async (folder: string) => (await readdir(folder, { recursive: true })).toSorted();

test("a tree arrives as it is: folders, empty files, any name, times", async () => {
  const content = {
    "a/b/c.txt": "hello",
    "a/empty": "",
    "caf\u00e9/\u{1f3b5}.txt": "music",
    "big.bin": randomBytes(3 * MiB + 7),
  };
  const root = await folderWith(content);
  await utimes(join(root, "a/b/c.txt"), 1_600_000_000.123, 1_600_000_000.123);
  await utimes(join(root, "big.bin"), new Date(-1_000_123), new Date(-1_000_123));
  await using _served = await serveFolder(root);
  const target = join(await nats.newFolder(), "made/for/it");
  const catalog = await openShared();
  const entries = await listOf(catalog);

  const done = await downloadAll(catalog, catalog.entries(), target);

  expect(done).toMatchObject({ succeeded: 4, failed: 0, bytes: entries.reduce((sum, { size }) => sum + size, 0) });
  expect(await below(target)).toEqual(await below(root));
  for (const [path, bytes] of Object.entries(content)) {
    expect(await readFile(join(target, path))).toEqual(Buffer.from(bytes));
  }
  expect(Math.round((await stat(join(target, "a/b/c.txt"))).mtimeMs)).toBe(1_600_000_000_123);
  expect((await stat(join(target, "big.bin"))).mtimeMs).toBe(-1_000_123);
});

test("the owner reads the same without an import", async () => {
  await using _served = await serveFolder(await folderWith({ file: "mine" }));
  const catalog = await openCatalog(owner!, { catalog: photos, owner: nats.owner, device: nats.own });
  const target = await nats.newFolder();

  expect(await downloadAll(catalog, catalog.entries(), target)).toMatchObject({ succeeded: 1 });
});

test("two hundred small files arrive, some of them the same", async () => {
  const names = Array.from({ length: 200 }, (_, number) => [`d${number % 7}/f${number}`, `content ${number % 150}`]);
  await using _served = await serveFolder(await folderWith(Object.fromEntries(names)));
  const catalog = await openShared();
  const target = await nats.newFolder();
  let last = { files: 0, bytes: 0 };

  const done = await downloadAll(catalog, catalog.entries(), target, { onProgress: (progress) => (last = progress) });

  expect(done).toMatchObject({ succeeded: 200, failed: 0 });
  expect(last).toEqual({ files: 200, bytes: done.bytes });
  for (const [path, text] of names) expect(await readFile(join(target, path!), "utf8")).toBe(text);
});

test("a large file arrives whole, with its progress, and replaces what was there", async () => {
  const bytes = randomBytes(24 * MiB);
  await using _served = await serveFolder(await folderWith({ "film.bin": bytes }));
  const catalog = await openShared();
  const [entry] = await listOf(catalog);
  const target = join(await nats.newFolder(), "film.bin");
  await writeFile(target, "older");
  const seen: number[] = [];

  await download(catalog, entry!, target, { onProgress: (progress) => seen.push(progress.bytes) });

  expect((await readFile(target)).equals(bytes)).toBe(true);
  // Ranges of 64 KiB at the least.
  expect(seen.length).toBeLessThanOrEqual(384);
  expect(seen).toEqual(seen.toSorted((one, other) => one - other));
  expect(seen.at(-1)).toBe(24 * MiB);
});

test("one of two instances is killed in the middle, and the other brings the rest", async () => {
  const bytes = randomBytes(16 * MiB);
  const root = await folderWith({ "film.bin": bytes });
  await using doomed = startProcess({
    NATS_URL: nats.url,
    NATS_CREDS: await nats.credsFile("owner"),
    NATSTER_CATALOG: photos,
    NATSTER_ROOT: root,
  });
  await doomed.ready;
  const catalog = await openShared();
  const [entry] = await listOf(catalog);
  await using _other = await serveFolder(root);
  const target = join(await nats.newFolder(), "film.bin");
  const onProgress = (progress: { bytes: number }) => {
    if (progress.bytes > 2 * MiB) doomed.child.kill("SIGKILL");
  };

  await download(catalog, entry!, target, { onProgress });

  expect(await doomed.ended).toBe("SIGKILL");
  expect((await readFile(target)).equals(bytes)).toBe(true);
});

test.for([
  ["two instances send one file together", false],
  ["an instance that does not have what the first one lists is left out", true],
] as const)("%s", { timeout: 150_000 }, async ([, lacking]) => {
  const bytes = randomBytes(24 * MiB);
  const root = await folderWith({ "film.bin": bytes });
  const asked = new Map<string, number>();
  let first = "";
  const counting = (name: string) =>
    oddly(root, {
      inside: (handlers) => ({
        list(call) {
          first = name;
          return handlers.list(call);
        },
        read(call) {
          asked.set(name, (asked.get(name) ?? 0) + 1);
          if (lacking && name !== first) throw refuse(files.endpoints.read.sealed, "file_unknown");
          return handlers.read(call);
        },
      }),
    });
  await using _one = await counting("one");
  await using _other = await counting("other");
  const target = join(await nats.newFolder(), "film.bin");
  const fetched = async () => {
    asked.clear();
    const catalog = await openShared();
    const [entry] = await listOf(catalog);
    await download(catalog, entry!, target);
    expect((await readFile(target)).equals(bytes)).toBe(true);
    return asked.size;
  };

  // Which instance answers is chance: the other one may not be found the first time.
  await expect.poll(fetched, { timeout: 120_000 }).toBe(2);
});

test("an instance that stops in the middle hands its readers over, and none of them is told", async () => {
  const contents = [randomBytes(12 * MiB), randomBytes(12 * MiB)];
  const root = await folderWith({ "a.bin": contents[0]!, "b.bin": contents[1]! });
  const stopping = await serveFolder(root);
  const catalogs = [await openShared(), await openShared()];
  await using _other = await serveFolder(root);
  const folder = await nats.newFolder();
  let stopped: Promise<void> | undefined;
  const onProgress = ({ bytes }: { bytes: number }) => {
    if (bytes > 2 * MiB) stopped ??= stopping.stop();
  };

  await Promise.all(
    catalogs.map(async (catalog, index) => {
      const entries = await listOf(catalog);
      await download(catalog, entries[index]!, join(folder, entries[index]!.path), { onProgress });
    }),
  );

  await stopped;
  for (const [index, name] of ["a.bin", "b.bin"].entries()) {
    expect((await readFile(join(folder, name))).equals(contents[index]!)).toBe(true);
  }
});

test("an instance that keeps to a rate stops before its readers have all that they asked for, and they get it elsewhere", async () => {
  const bytes = randomBytes(2 * MiB);
  const root = await folderWith({ "film.bin": bytes });
  // The first range goes at once, and the next is due days later.
  const slow = await serveFolder(root, { throttle: new Throttle(1), grace: 100 });
  const catalog = await openShared();
  const [entry] = await listOf(catalog);
  const begun = Promise.withResolvers<void>();
  const target = join(await nats.newFolder(), "film.bin");
  const downloading = download(catalog, entry!, target, { onProgress: () => begun.resolve() });
  await begun.promise;
  await using _other = await serveFolder(root);

  await slow.stop();
  await downloading;

  expect((await readFile(target)).equals(bytes)).toBe(true);
});

test("nats-server is started again in the middle, and the download goes on", async () => {
  const bytes = randomBytes(16 * MiB);
  await using _served = await serveFolder(await folderWith({ "film.bin": bytes }));
  const catalog = await openShared();
  const [entry] = await listOf(catalog);
  const target = join(await nats.newFolder(), "film.bin");
  let restarted: Promise<void> | undefined;

  const onProgress = (progress: { bytes: number }) => {
    if (progress.bytes > 2 * MiB) restarted ??= nats.restart();
  };
  await download(catalog, entry!, target, { onProgress });

  await restarted;
  expect((await readFile(target)).equals(bytes)).toBe(true);
});

test("lost answers are asked for again", async () => {
  const bytes = randomBytes(8 * MiB);
  const root = await folderWith({ "film.bin": bytes });
  const { promise: end, resolve: release } = Promise.withResolvers<void>();
  let [asked, lost] = [0, 0];
  await using _served = await oddly(root, {
    inside: (handlers) => ({
      async read(call) {
        const reply = await handlers.read(call);
        if (++asked % 5 === 0) {
          lost++;
          await end;
        }
        return reply;
      },
    }),
  });
  await using _released = { [Symbol.asyncDispose]: async () => release() };
  const catalog = await openShared({ patience: 100 });
  const [entry] = await listOf(catalog);
  const target = join(await nats.newFolder(), "film.bin");

  await download(catalog, entry!, target);

  expect((await readFile(target)).equals(bytes)).toBe(true);
  expect(lost).toBeGreaterThan(5);
});

test("a file that changed meanwhile is refused, the others arrive, and listing again brings the new one", async () => {
  const root = await folderWith({ a: "content a", b: "content b" });
  await using served = await serveFolder(root);
  const catalog = await openShared();
  const entries = await listOf(catalog);
  await writeFile(join(root, "a"), "another");
  const target = await nats.newFolder();

  const done = await downloadAll(catalog, entries, target);

  expect(done).toMatchObject({ succeeded: 1, failed: 1, bytes: 9 });
  expect(isRefusal(done.results.find(({ entry }) => entry.path === "a")?.error, "changed")).toBe(true);
  expect(await below(target)).toEqual(["b"]);
  await expect.poll(async () => (await listOf(catalog))[0]?.size).toBe(7);
  expect(await downloadAll(catalog, catalog.entries(), target)).toMatchObject({ succeeded: 2, failed: 0 });
  expect(await readFile(join(target, "a"), "utf8")).toBe("another");
  expect(served.files).toBe(2);
});

test("what is not the announced content never gets the name, and what was there stays", async () => {
  const root = await folderWith({ a: "content a", b: randomBytes(MiB) });
  await using _served = await oddly(root, {
    inside: (handlers) => ({
      async read(call) {
        const bytes = Uint8Array.from(await handlers.read(call));
        bytes[0]! ^= 1;
        return bytes;
      },
    }),
  });
  const catalog = await openShared();
  const target = await nats.newFolder();
  await writeFile(join(target, "a"), "older");

  const done = await downloadAll(catalog, catalog.entries(), target);

  expect(done.results.map(({ error }) => error instanceof DigestMismatchError)).toEqual([true, true]);
  expect(await below(target)).toEqual(["a"]);
  expect(await readFile(join(target, "a"), "utf8")).toBe("older");
});

test("names that try to leave the folder are refused, from an instance that lies and from a caller", async () => {
  const root = await folderWith({ a: "content" });
  let lie = true;
  await using _served = await oddly(root, {
    inside: (handlers) => ({
      async list(call) {
        const page = await handlers.list(call);
        const path = "../escaped" as FilePath;
        return lie ? { ...page, entries: page.entries.map((entry) => ({ ...entry, path })) } : page;
      },
    }),
  });
  const catalog = await openShared();
  const target = join(await nats.newFolder(), "target");

  // The kit of an honest server refuses to say such a thing; the reader would refuse to hear it.
  await expect(downloadAll(catalog, catalog.entries(), target)).rejects.toThrow(Refusal);
  lie = false;
  const [entry] = await listOf(catalog);
  const done = await downloadAll(catalog, [{ ...entry!, path: "../escaped" as FilePath }, entry!], target);
  expect(done).toMatchObject({ succeeded: 1, failed: 1 });
  expect(done.results.find(({ error }) => error)?.error).toBeInstanceOf(UnsafePathError);
  expect(await below(dirname(target))).toEqual(["target", "target/a"]);
});

test("a download that is stopped ends at once and leaves nothing", async () => {
  await using _served = await serveFolder(await folderWith({ "film.bin": randomBytes(16 * MiB), b: "b" }));
  const catalog = await openShared();
  const target = await nats.newFolder();
  const enough = new AbortController();
  const onProgress = ({ bytes }: { bytes: number }) => bytes > 2 * MiB && enough.abort(new Error("enough"));

  await expect(downloadAll(catalog, catalog.entries(), target, { signal: enough.signal, onProgress })).rejects.toThrow(
    "enough",
  );
  expect((await below(target)).filter((name) => name !== "b")).toEqual([]);
});

test("where nobody serves, opening says so at once", async () => {
  await expect(openShared()).rejects.toThrow(NobodyAnswersError);
});

test("when access ends in the middle, so does the download: soon, clearly, and nothing is left", async () => {
  await using _served = await serveFolder(await folderWith({ "film.bin": randomBytes(16 * MiB) }));
  const catalog = await openShared();
  const target = await nats.newFolder();
  let ended: Promise<void> | undefined;
  const onProgress = ({ bytes }: { bytes: number }) => {
    if (bytes > 2 * MiB) ended ??= nats.endAccess();
  };

  await expect(downloadAll(catalog, catalog.entries(), target, { onProgress })).rejects.toThrow(NobodyAnswersError);

  await ended;
  expect(await below(target)).toEqual([]);
});
