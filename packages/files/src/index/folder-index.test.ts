import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { chmod, mkdir, rename, rm, symlink, utimes, writeFile, realpath } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { FileEntry } from "@natster/contracts/files";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { type TestFolder, testFolder } from "../folder.fixture.ts";
import { entriesOf, freshListing, indexHere, listingOf } from "./listing.fixture.ts";
import { type FolderIndex, indexFolder, RootError } from "./folder-index.ts";

const paths = (index: FolderIndex): string[] => entriesOf(index).map(({ path }) => path);
const sorted = (index: FolderIndex): string[] => paths(index).toSorted();
const digestOf = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

test("a file is indexed with its size, time, kind and digest, as the contract has them", async () => {
  await using folder = await testFolder();
  await folder.put("notes/hello.txt", "hello");
  await utimes(folder.at("notes/hello.txt"), 1_000_000, 1_234_567.89);

  await using index = await indexFolder(folder.path);

  const [entry] = entriesOf(index);
  expect(FileEntry.parse(entry)).toEqual({
    path: "notes/hello.txt",
    size: 5,
    modified: 1_234_567_890,
    type: "text/plain",
    digest: digestOf("hello"),
  });
});

test("files come by folder and name, after any path, even one that is not there", async () => {
  await using folder = await testFolder();
  for (const path of ["b", "a/2", "a/10", "a/z/1", "a-z/1", "a.txt", "ä", "Z"]) await folder.put(path);
  await using index = await indexFolder(folder.path);

  const all = ["Z", "a.txt", "b", "ä", "a/10", "a/2", "a-z/1", "a/z/1"];
  expect(paths(index)).toEqual(all);
  const behind = (after: string) => entriesOf(index, { after }).map(({ path }) => path);
  for (const [position, path] of all.entries()) expect(behind(path)).toEqual(all.slice(position + 1));
  expect(behind("a/11")).toEqual(["a/2", "a-z/1", "a/z/1"]);
  expect(behind("a!/x")).toEqual(["a-z/1", "a/z/1"]);
  expect(behind("zzz/z")).toEqual([]);
});

test("names keep their own Unicode: composed, decomposed, a mark in front, beyond the basic plane", async () => {
  await using folder = await testFolder();
  const names = ["caf\u00e9", "cafe\u0301", "\ufeffmarked", "\u{1f3b5}.mp3", "line\nbreak", "back\\slash"];
  for (const name of names) await folder.put(name);
  await using index = await indexFolder(folder.path);

  expect(paths(index)).toEqual(names.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))));
});

test("a name that is not UTF-8 is counted, and so is a folder of that name; neither is a crash", async () => {
  await using folder = await testFolder();
  const bad = Buffer.concat([Buffer.from(folder.at("bad-")), Buffer.from([0xff, 0xfe])]);
  await writeFile(bad, "x");
  await mkdir(Buffer.concat([bad, Buffer.from("-folder")]));
  await folder.put("good");
  // What stands for bytes that are none is a letter too.
  await folder.put("replaced \uFFFD");
  await using index = await indexFolder(folder.path);

  expect(paths(index)).toEqual(["good", "replaced \uFFFD"]);
  expect(index.lastScan?.omitted).toEqual({ name: 2 });
});

test("a link that leaves the root is refused, to a file, to a folder, and by way of another link", async () => {
  await using outside = await testFolder();
  await outside.put("secret");
  await using folder = await testFolder();
  await folder.put("mine");
  await symlink(outside.at("secret"), folder.at("file"));
  await symlink(outside.path, folder.at("folder"));
  await symlink("../".repeat(20), folder.at("up"));
  await symlink("file", folder.at("by-way-of"));
  await symlink(`${folder.path}/../${outside.path.split("/").at(-1)}/secret`, folder.at("round-about"));
  await using index = await indexFolder(folder.path);

  expect(paths(index)).toEqual(["mine"]);
  expect(index.lastScan?.omitted).toEqual({ outside: 5 });
});

test("a folder whose name begins like the root's is outside", async () => {
  await using parent = await testFolder();
  await parent.put("root/mine");
  await parent.put("root-of-others/secret");
  await symlink("../root-of-others", parent.at("root/link"));
  await using index = await indexFolder(parent.at("root"));

  expect(paths(index)).toEqual(["mine"]);
});

test("links inside the root are followed, and cycles of them end", async () => {
  await using folder = await testFolder();
  await folder.put("2024/a");
  await folder.put("2025/b");
  await symlink("2024/a", folder.at("latest"));
  await symlink("../2025", folder.at("2024/next"));
  await symlink("../2024", folder.at("2025/last"));
  await symlink(".", folder.at("2024/self"));
  await symlink("..", folder.at("2025/up"));
  await symlink("loop", folder.at("loop"));
  await symlink("nothing", folder.at("dangling"));
  await using index = await indexFolder(folder.path);

  expect(sorted(index)).toEqual(["2024/a", "2024/next/b", "2025/b", "2025/last/a", "latest"]);
  // Inside the two linked folders, their own two links are met once more.
  expect(index.lastScan?.omitted).toEqual({ cycle: 5, dangling: 1, nested_link: 2 });
});

test("folders full of links to each other do not multiply without end", async () => {
  await using folder = await testFolder();
  const names = Array.from({ length: 12 }, (_, number) => `f${number}`);
  for (const name of names) await folder.put(`${name}/file`);
  for (const from of names) {
    for (const to of names) if (from !== to) await symlink(`../${to}`, folder.at(`${from}/${to}`));
  }
  await using index = await indexFolder(folder.path);

  expect(index.size).toBe(12 * 12);
});

test("dotfiles stay out unless they are asked for", async () => {
  await using folder = await testFolder();
  for (const path of [".env", ".git/config", "shown", "a/.hidden"]) await folder.put(path);
  await using usual = await indexFolder(folder.path);
  await using all = await indexFolder(folder.path, { dotfiles: true });

  expect(sorted(usual)).toEqual(["shown"]);
  expect(sorted(all)).toEqual([".env", ".git/config", "a/.hidden", "shown"]);
});

test("ignore rules are those of git: negation, folders, anchors, and the deepest file has the last word", async () => {
  await using folder = await testFolder();
  await folder.put(".natsterignore", "*.raw\n!keep.raw\n/top\nbuild/\n# a comment\n");
  await folder.put("deep/.natsterignore", "!*.raw\nonly-here\n");
  for (const path of ["a.raw", "keep.raw", "top", "x/top", "build/out", "x/build/out", "only-here"])
    await folder.put(path);
  for (const path of ["deep/b.raw", "deep/only-here", "deep/er/only-here", "deep/build/out", "A.RAW"])
    await folder.put(path);
  await using index = await indexFolder(folder.path);

  expect(sorted(index)).toEqual(["A.RAW", "deep/b.raw", "keep.raw", "only-here", "x/top"]);
});

test("everything but one folder can be ignored", async () => {
  await using folder = await testFolder();
  await folder.put(".natsterignore", "/*\n!/keep/\n");
  await folder.put("keep/a");
  await folder.put("other/b");
  await using index = await indexFolder(folder.path);

  expect(paths(index)).toEqual(["keep/a"]);
});

test("a link does not uncover what is hidden or ignored where it really is", async () => {
  await using folder = await testFolder();
  await folder.put(".natsterignore", "private/\n");
  await folder.put("private/deep/diary");
  await folder.put(".env");
  await symlink("private/deep/diary", folder.at("one"));
  await symlink("private/deep", folder.at("two"));
  await symlink("private", folder.at("three"));
  await symlink(".env", folder.at("four"));
  await using index = await indexFolder(folder.path);

  expect(paths(index)).toEqual([]);
  expect(index.lastScan?.omitted).toEqual({ hidden_target: 4 });
});

test("a folder whose ignore file cannot be obeyed is left out, rather than shown in full", async () => {
  await using folder = await testFolder();
  await folder.put("a/private");
  await folder.put("b");
  execFileSync("mkfifo", [folder.at("a/.natsterignore")]);
  await using index = await indexFolder(folder.path);

  expect(paths(index)).toEqual(["b"]);
  expect(index.lastScan?.examples).toEqual([{ reason: "unreadable", path: "a", code: "IGNORE_FILE" }]);
});

test("pipes are skipped and do not keep the index waiting", async () => {
  await using folder = await testFolder();
  execFileSync("mkfifo", [folder.at("pipe")]);
  await symlink("pipe", folder.at("link"));
  await using index = await indexFolder(folder.path);

  expect(index.size).toBe(0);
  expect(index.lastScan?.omitted).toEqual({ special: 2 });
});

test("what cannot be read is reported and the rest is indexed", async () => {
  await using folder = await testFolder();
  for (const path of ["shut", "shut-folder/a", "open"]) await folder.put(path);
  await chmod(folder.at("shut"), 0o000);
  await chmod(folder.at("shut-folder"), 0o000);
  const node = [process.execPath, fileURLToPath(new URL("./report.fixture.ts", import.meta.url)), folder.path];
  // Root reads everything, unless it has given up that right.
  const lesser = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"];
  const [command = "", ...args] = process.getuid?.() === 0 ? [...lesser, ...node] : node;
  const report: unknown = JSON.parse(execFileSync(command, args, { encoding: "utf8" }));
  await chmod(folder.at("shut-folder"), 0o700);

  expect(report).toEqual({ paths: ["open"], omitted: { unreadable: 2 } });
});

test("a root that is missing, or a file, is refused clearly", async () => {
  await using folder = await testFolder();
  await folder.put("file");

  await expect(indexFolder(folder.at("missing"))).rejects.toThrow(RootError);
  await expect(indexFolder(folder.at("file"))).rejects.toThrow(RootError);
});

test("an index can be given up while it is made", async () => {
  await using folder = await testFolder();
  for (let number = 0; number < 200; number++) await folder.put(`f${number}`);
  const given = new AbortController();
  setTimeout(() => given.abort(new Error("enough")), 5);

  await expect(indexFolder(folder.path, { signal: given.signal, hashers: 1 })).rejects.toThrow("enough");
});

test("an index whose first scan is interrupted is not given out, even where the scan has ended well", async () => {
  await using folder = await testFolder();
  const given = new AbortController();
  const { signal } = given;
  const listen = signal.addEventListener.bind(signal);
  // With nothing to hash, whoever interrupts as soon as that is heard does not stop the scan.
  vi.spyOn(signal, "addEventListener").mockImplementation((...told: Parameters<typeof listen>) => {
    listen(...told);
    queueMicrotask(() => given.abort(new Error("enough")));
  });

  await expect(indexFolder(folder.path, { signal })).rejects.toThrow("enough");
});

test("looking again hashes only what looks different, and the revision grows only with a difference", async () => {
  await using folder = await testFolder();
  for (const path of ["a", "b", "c", "d"]) await folder.put(path);
  await using index = await indexFolder(folder.path, { now: 5 });
  expect(index.revision).toBe(5);

  expect(await index.rescan()).toMatchObject({ hashed: 0, changed: false, revision: 5 });
  await folder.put("a", "A");
  await rm(folder.at("b"));
  await rename(folder.at("c"), folder.at("e"));
  expect(await index.rescan()).toMatchObject({ hashed: 2, changed: true, revision: 6, files: 3 });
  expect(paths(index)).toEqual(["a", "d", "e"]);
});

test("a change of the same size in the same moment is seen", async () => {
  await using folder = await testFolder();
  await folder.put("a", "one");
  await using index = await indexFolder(folder.path);
  await folder.put("a", "two");
  await index.rescan();

  expect(entriesOf(index).map(({ digest }) => digest)).toEqual([digestOf("two")]);
});

test("a file that appears is in the next scan, a file that is looked at alone is in at once", async () => {
  await using folder = await testFolder();
  await folder.put("a", "one");
  await using index = await indexFolder(folder.path);
  const [entry] = entriesOf(index);
  await folder.put("a", "longer");

  expect(await Promise.all([index.refresh(entry!.path), index.refresh(entry!.path)])).toEqual([true, true]);
  expect(entriesOf(index)[0]).toMatchObject({ size: 6, digest: digestOf("longer") });
  await rm(folder.at("a"));
  expect(await index.refresh(entry!.path)).toBe(true);
  expect(index.size).toBe(0);
});

test("the event loop stays free while large files are hashed", async () => {
  await using folder = await testFolder();
  for (let number = 0; number < 4; number++) await folder.put(`f${number}`, new Uint8Array(48 * 1024 * 1024));
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 1);
  const started = performance.now();
  await using index = await indexFolder(folder.path);
  const took = performance.now() - started;
  clearInterval(ticking);

  expect(index.size).toBe(4);
  expect(ticks).toBeGreaterThan(took / 50);
});

const name = fc.constantFrom("a", "b", "c", ".d", "e.txt");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const change = fc.oneof(
  fc.record({ do: fc.constant("write" as const), path, content: fc.string({ maxLength: 3 }) }),
  fc.record({ do: fc.constant("remove" as const), path }),
  fc.record({ do: fc.constant("move" as const), path, to: path }),
  fc.record({ do: fc.constant("link" as const), path, to: path }),
  fc.record({ do: fc.constant("garble" as const), path }),
  fc.record({ do: fc.constant("restore" as const), path }),
  fc.record({ do: fc.constant("ignore" as const), path, content: fc.constantFrom("a", "b/", "!a", "*.txt") }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Does it, and says where. What the disk does not allow, such as a file below a file, does not happen. */
async function make(folder: TestFolder, each: Change): Promise<string[]> {
  const at = folder.at(each.path);
  const named = each.do === "move" ? [each.path, each.to] : [each.path];
  const target = each.do === "ignore" ? join(each.path, ".natsterignore") : each.path;
  const before = await Promise.all([target, ...named].map((path) => really(folder, path)));
  if (each.do === "write") await folder.put(each.path, each.content).catch(() => {});
  else if (each.do === "remove") await rm(at, { recursive: true, force: true }).catch(() => {});
  else if (each.do === "move") await rename(at, folder.at(each.to)).catch(() => {});
  else if (each.do === "garble") await rename(at, garbled(at)).catch(() => {});
  else if (each.do === "restore") await rename(garbled(at), at).catch(() => {});
  else if (each.do === "link") await symlink(folder.at(each.to), at).catch(() => {});
  else await folder.put(target, each.content).catch(() => {});
  const after = await Promise.all([target, ...named].map((path) => really(folder, path)));
  // Where the folders that lead there were made, the first of them is what is new.
  return [...new Set([target, ...named, ...before.flat(), ...after.flat()].flatMap(leadingTo))];
}

/** The same place under a name that is not UTF-8. */
const garbled = (at: string): Buffer => Buffer.concat([Buffer.from(at), Buffer.from([0xff])]);

/** Where something in the folder really is: what is done through a link is done to what it leads to. */
async function really(folder: TestFolder, path: string): Promise<string[]> {
  const at = folder.at(path);
  const places = [
    await realpath(at).catch(() => undefined),
    await realpath(dirname(at)).then(
      (parent) => join(parent, basename(at)),
      () => undefined,
    ),
  ];
  return places.flatMap((place) => (place?.startsWith(`${folder.path}/`) ? [relative(folder.path, place)] : []));
}

const leadingTo = (path: string): string[] =>
  path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));

test("after any changes, looking again tells the same as a fresh index", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 3 }), async (rounds) => {
      await using folder = await testFolder();
      await using index = await indexHere(folder.path);
      let { revision } = index.view;
      for (const round of rounds) {
        for (const each of round) await make(folder, each);
        const before = JSON.stringify(entriesOf(index.view));
        const { changed } = await index.rescan();
        expect(changed).toBe(JSON.stringify(entriesOf(index.view)) !== before);
        expect(index.view.revision > revision).toBe(changed);
        revision = index.view.revision;
        expect(listingOf(index.view)).toEqual(await freshListing(folder.path));
      }
    }),
    { numRuns: 25 },
  );
});

test("after any changes, looking only where something happened tells the same as a fresh index", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 4 }), async (rounds) => {
      await using folder = await testFolder();
      await using index = await indexHere(folder.path);
      for (const round of rounds) {
        const where: string[] = [];
        for (const each of round) where.push(...(await make(folder, each)));
        await index.look(where);
        expect(listingOf(index.view)).toEqual(await freshListing(folder.path));
      }
    }),
    { numRuns: 50 },
  );
});
