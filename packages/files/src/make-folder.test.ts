import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

function somewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), "natster-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a folder is made with those that lead to it, once", () => {
  const folder = join(somewhere(), "a", "b", "c");
  expect([makeFolder(folder, 0o700), makeFolder(folder, 0o700)]).toEqual([true, false]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test("a link to a folder is a folder, and a file in the way is said", () => {
  const folder = somewhere();
  symlinkSync(folder, join(folder, "link"));
  writeFileSync(join(folder, "file"), "");
  expect(makeFolder(join(folder, "link"))).toBe(false);
  expect(() => makeFolder(join(folder, "file"))).toThrow("EEXIST");
  expect(() => makeFolder(join(folder, "file", "below"))).toThrow(/EEXIST|ENOTDIR/);
});

test("where no folder can be made that is said, and nothing hangs", () => {
  expect(() => makeFolder("/proc/natster/below")).toThrow(/no folder can be made|EROFS|EACCES/);
});
