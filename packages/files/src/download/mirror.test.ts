import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CatalogName, Digest } from "@natster/contracts";
import { type FileEntry, FilePath } from "@natster/contracts/files";
import { createKey } from "@natster/trust";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { mirror, planMirror } from "./mirror.ts";
import { EmptyCatalogError, type MirrorSource } from "./mirror-plan.ts";
import { OtherMirrorError } from "./mirror-record.ts";
import type { Step } from "./step.ts";

const owner = createKey("account").public;
type Files = Record<string, string>;
const digestOf = (content: string) => Digest.parse(createHash("sha256").update(content).digest("hex"));

/** A catalog of small files, in memory. */
const catalogOf = (name: string, files: Files): MirrorSource => ({
  address: { owner, catalog: CatalogName.parse(name) },
  async *entries({ folder } = {}) {
    for (const [path, content] of Object.entries(files)) {
      if (folder !== undefined && !path.startsWith(`${folder}/`)) continue;
      const entry = { path: FilePath.parse(path), digest: digestOf(content), size: content.length };
      yield { ...entry, modified: -1_000, type: "text/plain" } satisfies FileEntry;
    }
  },
  readSmall: ({ digest }) =>
    Promise.resolve(Buffer.from(Object.values(files).find((content) => digestOf(content) === digest) ?? "")),
  pull: () => Promise.reject(new Error("there are no large files")),
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "natster-mirror-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function put(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** What is in a folder, but for what the mirror keeps for itself. */
function contentOf(root: string): Files {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => !path.startsWith(".natster"));
  const entries = files.flatMap((path) => {
    try {
      return [[path, readFileSync(join(root, path), "utf8")] as const];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

test("a folder that mirrors another catalog, or another part of it, is refused, and nothing in it changes", async () => {
  const folder = newFolder();
  const [music, photos] = [
    catalogOf("music", { a: "song", b: "tune" }),
    catalogOf("photos", { a: "sea", "d/x": "hill" }),
  ];
  await mirror(music, folder, { name: "@alice/music" });
  const before = contentOf(folder);

  for (const part of [{}, { folder: FilePath.parse("d") }]) {
    const options = { ...part, prune: true, force: true, name: "@alice/photos" };
    await expect(mirror(photos, folder, options)).rejects.toThrow(OtherMirrorError);
    await expect(mirror(photos, folder, options)).rejects.toThrow(/mirrors @alice\/music, and not @alice\/photos$/);
    await expect(Array.fromAsync(planMirror(photos, folder, options))).rejects.toThrow(OtherMirrorError);
  }
  expect(contentOf(folder)).toEqual(before);
  expect(await mirror(music, folder)).toMatchObject({ same: 2 });

  // Where nothing of it is left, the folder is free.
  for (const path of Object.keys(before)) rmSync(join(folder, path));
  expect(await mirror(photos, folder, { prune: true })).toMatchObject({ downloads: 2, deletions: 0 });
});

test("a catalog that was made anew takes nothing for its own that came from the earlier one of its name", async () => {
  const folder = newFolder();
  await mirror(catalogOf("photos", { gone: "1", same: "2", other: "3" }), folder, { since: "Monday" });
  const anew = catalogOf("photos", { same: "2", other: "4", more: "5" });
  const options = { since: "Tuesday", prune: true };

  const plan = await Array.fromAsync(planMirror(anew, folder, options));
  expect(plan.map((step) => `${step.do} ${step.path}`)).toEqual(["copy same", "keep other", "download more"]);
  expect(await mirror(anew, folder, options)).toMatchObject({ deletions: 0, kept: 1, failed: 0 });
  expect(contentOf(folder)).toEqual({ gone: "1", more: "5", other: "3", same: "2" });
  await mirror(anew, folder, { ...options, force: true });
  expect(contentOf(folder)).toEqual({ gone: "1", more: "5", other: "4", same: "2" });
});

test("a record that does not say whose it is, as they were at first, is not believed", async () => {
  const folder = newFolder();
  put(folder, { cover: "music's", same: "1", song: "music's too" });
  mkdirSync(join(folder, ".natster"));
  {
    using old = new DatabaseSync(join(folder, ".natster", "mirror.sqlite"));
    old.exec(`
      CREATE TABLE file (path TEXT PRIMARY KEY, digest TEXT NOT NULL, fingerprint TEXT NOT NULL) WITHOUT ROWID, STRICT;
      CREATE INDEX file_by_digest ON file (digest);
      INSERT INTO file VALUES ('cover', 'x', 'x'), ('same', 'x', 'x'), ('song', 'x', 'x')`);
  }
  const photos = catalogOf("photos", { cover: "photos'", same: "1" });

  const plan = await Array.fromAsync(planMirror(photos, folder, { prune: true }));
  expect(plan.map((step) => `${step.do} ${step.path}`)).toEqual(["keep cover", "copy same"]);
  expect(await mirror(photos, folder, { prune: true })).toMatchObject({ deletions: 0, kept: 1 });
  expect(contentOf(folder)).toEqual({ cover: "music's", same: "1", song: "music's too" });
});

test("what comes has the time at which it was changed, and be it before 1970; so has a copy of it", async () => {
  const folder = newFolder();
  expect(await mirror(catalogOf("photos", { one: "same", other: "same" }), folder)).toMatchObject({ failed: 0 });
  expect(["one", "other"].map((path) => statSync(join(folder, path)).mtimeMs)).toEqual([-1_000, -1_000]);
});

test("nothing of a catalog is put where the mirror itself is kept, by whatever name a file system takes for its own", async () => {
  const folder = newFolder();
  const names = [".natster", ".Natster", ".NATSTER", ".nat\u017fter", ".nat\ufb06er", ".nats\u200cter", "NATSTE~1"];
  const own = Object.fromEntries(names.flatMap((name) => [name, `${name}/mirror.sqlite`]).map((path) => [path, "x"]));
  const others = { ".natster.json": "1", "a/.natster/b": "2", natster: "3" };

  const found = await mirror(catalogOf("photos", { ...own, ...others }), folder, {});
  expect(found).toMatchObject({ refused: 2 * names.length, downloads: 3 });
  const put = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (path) => !/^\.natster(\/|$)/.test(path),
  );
  expect(put.toSorted()).toEqual([".natster.json", "a", "a/.natster", "a/.natster/b", "natster"]);
});

test("a record that is damaged is begun anew, and what is there counts as somebody's own", async () => {
  const folder = newFolder();
  const photos = catalogOf("photos", { a: "1", b: "2" });
  const record = join(folder, ".natster", "mirror.sqlite");
  const damages = [
    () => writeFileSync(record, "no database, but long enough to be read as the beginning of one ".repeat(100)),
    () => writeFileSync(record, readFileSync(record).fill(0xa5, 2 * 4096, 3 * 4096)),
  ];
  for (const damage of damages) {
    await mirror(photos, folder);
    damage();
    const plan = await Array.fromAsync(planMirror(photos, folder));
    expect(plan.map((step) => `${step.do} ${step.path}`)).toEqual(["copy a", "copy b"]);
    expect(await mirror(photos, folder)).toMatchObject({ downloads: 0, failed: 0 });
    await mirror(catalogOf("photos", { a: "1" }), folder, { prune: true });
    expect(contentOf(folder)).toEqual({ a: "1", b: "2" });
  }
});

test("what was here before is not deleted, also where the catalog had the same; what a killed run put there is", async () => {
  const folder = newFolder();
  put(folder, { own: "1" });
  const photos = catalogOf("photos", { own: "1", came: "2", more: "3" });
  await expect(run(photos, folder, "killed", {})).rejects.toThrow("enough");
  expect(contentOf(folder)).toEqual({ came: "2", own: "1" });
  expect(await mirror(photos, folder)).toMatchObject({ downloads: 1, copies: 2 });

  await mirror(catalogOf("photos", { more: "3" }), folder, { prune: true });
  expect(contentOf(folder)).toEqual({ more: "3", own: "1" });
});

test("what was changed here and is gone there is kept where others are deleted, and goes when that is said too", async () => {
  const folder = newFolder();
  await mirror(catalogOf("photos", { a: "1", b: "2", c: "3" }), folder);
  put(folder, { a: "mine" });
  const photos = catalogOf("photos", { c: "3" });

  const plan = await Array.fromAsync(planMirror(photos, folder, { prune: true }));
  expect(plan).toEqual([
    { do: "keep", path: "a", changed: "gone" },
    { do: "delete", path: "b" },
  ]);
  expect(await mirror(photos, folder, { prune: true })).toMatchObject({ kept: 1, deletions: 1, failed: 0 });
  expect(contentOf(folder)).toEqual({ a: "mine", c: "3" });
  await mirror(photos, folder, { prune: true, force: true });
  expect(contentOf(folder)).toEqual({ c: "3" });
});

// Few of each, so that things meet.
const path = fc.constantFrom("a", "d/a");
const content = fc.constantFrom("1", "2", null);
const catalog = fc.constantFrom("photos" as const, "photos" as const, "photos" as const, "music" as const);
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constant("there" as const), catalog, path, content }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("anew" as const), catalog }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("here" as const), path, content }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant("get" as const),
      catalog,
      part: fc.constantFrom(undefined, undefined, undefined, FilePath.parse("d")),
      prune: fc.constantFrom(true, true, false),
      force: fc.constantFrom(false, false, true),
      ends: fc.constantFrom("well", "well", "well", "stopped", "killed"),
    }),
  },
);

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** Runs a mirror. One that is stopped or killed has fetched one file; of the latter's memory nothing more is written. */
async function run(source: MirrorSource, folder: string, ends: string, options: Parameters<typeof mirror>[2]) {
  const [memory, kept] = [join(folder, ".natster"), `${folder}.kept`];
  const [one, enough] = [Promise.withResolvers<void>(), new AbortController()];
  let asked = 0;
  const readSmall: MirrorSource["readSmall"] = async (file) => {
    asked++;
    if (asked === 1 && ends === "killed") cpSync(memory, kept, { recursive: true });
    if (asked > 1 && ends !== "well") {
      await one.promise;
      enough.abort(new Error("enough"));
    }
    enough.signal.throwIfAborted();
    return await source.readSmall(file);
  };
  const onStep = ({ do: did }: Step) => did === "download" && one.resolve();
  try {
    await mirror({ ...source, readSmall }, folder, { ...options, signal: enough.signal, onStep });
  } finally {
    if (existsSync(kept)) {
      rmSync(memory, { recursive: true });
      cpSync(kept, memory, { recursive: true });
      rmSync(kept, { recursive: true });
    }
  }
}

/** Whether a run was refused, so that nothing has changed. */
const isRefused = (failure: unknown) => failure instanceof OtherMirrorError || failure instanceof EmptyCatalogError;

test("whatever happens before, a run takes away and replaces only what came from its own catalog", async () => {
  /** What was lost, and should not have been. */
  const lost = async (happenings: readonly Happening[], folder: string): Promise<string[]> => {
    const there = {
      music: {
        since: 0,
        files: new Map([
          ["a", "1"],
          ["b", "1"],
        ]),
      },
      photos: {
        since: 0,
        files: new Map([
          ["a", "1"],
          ["b", "1"],
          ["c", "2"],
        ]),
      },
    };
    /** What a run put in which place, and of which catalog; and what one found there as its catalog has it. */
    const [came, known] = [new Map<string, string>(), new Map<string, string>()];
    const found: string[] = [];
    for (const each of happenings) {
      if (each.what === "here" && each.content !== null) put(folder, { [each.path]: each.content });
      if (each.what === "here" && each.content === null) rmSync(join(folder, each.path), { force: true });
      if (each.what === "anew") there[each.catalog].since++;
      if (each.what === "there" && each.content !== null) there[each.catalog].files.set(each.path, each.content);
      if (each.what === "there" && each.content === null) there[each.catalog].files.delete(each.path);
      if (each.what !== "get") continue;

      const { part, prune, force, ends } = each;
      const { files, since } = there[each.catalog];
      const listed = new Map(
        part === undefined ? files : [...files].flatMap(([at, of]) => (at.startsWith("d/") ? [[at.slice(2), of]] : [])),
      );
      const of = (text = "") => `${each.catalog}/${part ?? ""} ${since} ${text}`;
      const before = contentOf(folder);
      const options = { prune, force, since: String(since), folder: part };
      const source = catalogOf(each.catalog, Object.fromEntries(files));
      const failure = await run(source, folder, ends, options).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure instanceof Error && failure.message !== "enough" && !isRefused(failure)) throw failure;
      const after = contentOf(folder);
      const wrong = (what: string) => found.push(JSON.stringify({ what, each, before, after, listed: [...listed] }));

      for (const [at, was] of Object.entries(before)) {
        if (after[at] === was) continue;
        const asItCame = came.get(at) === of(was);
        const ours = force ? came.get(at)?.startsWith(of()) : asItCame;
        if (isRefused(failure)) wrong(`${at} was changed by a run that was refused`);
        else if (after[at] === undefined && !(ours && prune && !listed.has(at))) wrong(`${at} was deleted`);
        else if (after[at] !== undefined && !(force || asItCame || known.get(at) === of(was)))
          wrong(`${at} was replaced`);
      }
      if (isRefused(failure)) continue;
      for (const [at, text] of listed) {
        if (after[at] === text) known.set(at, of(text));
        else if (force && failure === undefined) wrong(`${at} is not there`);
        // A run that was killed had this in mind; who puts the same there meanwhile cannot be told from it.
        if (before[at] !== text && (after[at] === text || ends === "killed")) came.set(at, of(text));
      }
    }
    return found;
  };
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 6, maxLength: 24, size: "max" }), async (happenings) => {
      const folder = mkdtempSync(join(tmpdir(), "natster-mirror-"));
      try {
        expect(await lost(happenings, folder)).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: Number(process.env["NATSTER_RUNS"] ?? 60), seed: Number(process.env["NATSTER_SEED"] ?? 1) },
  );
}, 600_000);
