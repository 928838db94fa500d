import { createHash } from "node:crypto";
import { appendFile, readdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { Digest } from "@natster/contracts";
import { FileEntry } from "@natster/contracts/files";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { type TestFolder, testFolder } from "../folder.fixture.ts";
import { type FolderIndex, indexFolder } from "./folder-index.ts";
import { RangeReader } from "./range-reader.ts";

const digestOf = (content: string | Uint8Array) => Digest.parse(createHash("sha256").update(content).digest("hex"));

/** A reader of a folder, and the paths that it found changed. */
async function readerOf(folder: TestFolder) {
  await using undo = new AsyncDisposableStack();
  const index: FolderIndex = undo.use(await indexFolder(folder.path, { hashers: 1 }));
  const changed: string[] = [];
  const reader = undo.use(new RangeReader(index, { openFiles: 4, onChanged: (path) => changed.push(path) }));
  const opened = undo.move();
  const read = async (content: string, offset = 0, length = 100) => {
    const bytes = await reader.read({ digest: digestOf(content), offset, length });
    return typeof bytes === "string" ? bytes : `bytes: ${Buffer.from(bytes).toString()}`;
  };
  return { index, reader, changed, read, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

test("any sequence of range reads equals the file", async () => {
  await using folder = await testFolder();
  const content = fc.uint8Array({ minLength: 1, maxLength: 3_000 });
  const ranges = fc.array(fc.record({ offset: fc.nat(3_500), length: fc.integer({ min: 1, max: 1_500 }) }), {
    minLength: 1,
  });
  await using opened = await readerOf(folder);
  await fc.assert(
    fc.asyncProperty(content, ranges, async (bytes, asked) => {
      await folder.put("file", bytes);
      await opened.index.rescan();
      const digest = digestOf(bytes);
      const answers = await Promise.all(asked.map((range) => opened.reader.read({ digest, ...range })));
      for (const [index, answer] of answers.entries()) {
        const { offset, length } = asked[index]!;
        const expected = offset >= bytes.length ? "range_outside" : Buffer.from(bytes.slice(offset, offset + length));
        expect(answer).toEqual(expected);
      }
    }),
    { numRuns: 30 },
  );
});

test("only what is in the index is read, and an empty file has nothing to read", async () => {
  await using folder = await testFolder();
  await folder.put(".hidden", "hidden");
  await folder.put("empty", "");
  await using opened = await readerOf(folder);

  expect(await opened.read("hidden")).toBe("file_unknown");
  expect(await opened.read("")).toBe("range_outside");
});

const ways: Record<string, (folder: TestFolder) => Promise<void>> = {
  grew: (folder) => appendFile(folder.at("file"), "more"),
  "was written over with the same length": (folder) => writeFile(folder.at("file"), "other content"),
  shrank: (folder) => writeFile(folder.at("file"), "this"),
  "was deleted": (folder) => rm(folder.at("file")),
  "was replaced by another": async (folder) => {
    await folder.put("new", "this content.");
    await rename(folder.at("new"), folder.at("file"));
  },
  "was touched": (folder) => utimes(folder.at("file"), 1, 1),
};

for (const [what, change] of Object.entries(ways)) {
  test(`a file that ${what} under a reader is refused, never wrong bytes`, async () => {
    await using folder = await testFolder();
    await folder.put("file", "this content.");
    await using opened = await readerOf(folder);
    expect(await opened.read("this content.")).toBe("bytes: this content.");

    await change(folder);

    expect(await opened.read("this content.")).toBe("changed");
    expect(opened.changed).toEqual(["file"]);
  });
}

test("a file that was swapped for a link out of the root is refused", async () => {
  await using outside = await testFolder();
  await outside.put("folder/file", "this content.");
  await using folder = await testFolder();
  await folder.put("folder/file", "this content.");
  await using opened = await readerOf(folder);

  await rm(folder.at("folder"), { recursive: true });
  await symlink(outside.at("folder"), folder.at("folder"));

  expect(await opened.read("this content.")).toBe("changed");
  expect(await opened.index.refresh("folder/file" as never)).toBe(true);
  expect(opened.index.size).toBe(0);
});

test("where the same content stands twice, either copy is enough", async () => {
  for (const gone of ["a", "b"]) {
    await using folder = await testFolder();
    await folder.put("a", "twice");
    await folder.put("b", "twice");
    await using opened = await readerOf(folder);
    await rm(folder.at(gone));

    expect(await opened.read("twice")).toBe("bytes: twice");
  }
});

test("of many copies no more are looked up than are needed", async () => {
  await using folder = await testFolder();
  for (const name of ["a", "b", "c", "d"]) await folder.put(`${name}/file`, "the same");
  await using opened = await readerOf(folder);
  const lookedUp = vi.spyOn(FileEntry, "parse");
  onTestFinished(() => lookedUp.mockRestore());

  expect(await opened.read("the same")).toBe("bytes: the same");
  expect(opened.reader.readSmall([digestOf("the same")], 8)).toEqual([Buffer.from("the same")]);
  expect(lookedUp).toHaveBeenCalledTimes(2);
  for (const name of ["a", "b"]) await rm(folder.at(name), { recursive: true });
  expect(await opened.read("the same")).toBe("bytes: the same");
  expect(lookedUp).toHaveBeenCalledTimes(5);
});

test("few files are open however many are read, and none when it is closed", async () => {
  await using folder = await testFolder();
  for (let number = 0; number < 40; number++) await folder.put(`f${number}`, `content ${number}`);
  const before = await openDescriptors();
  {
    await using opened = await readerOf(folder);
    // The index's own database is open once it was asked.
    expect(opened.index.size).toBe(40);
    const started = await openDescriptors();
    const texts = Array.from({ length: 40 }, (_, number) => `content ${number}`);
    const answers = await Promise.all([...texts, ...texts].map((text) => opened.read(text)));
    expect(answers).toEqual([...texts, ...texts].map((text) => `bytes: ${text}`));
    expect((await openDescriptors()) - started).toBeLessThanOrEqual(4);
  }
  expect(await openDescriptors()).toBeLessThanOrEqual(before);
});

const openDescriptors = async () => (await readdir("/dev/fd")).length;
