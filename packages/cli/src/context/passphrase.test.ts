import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { passphraseFrom } from "./passphrase.ts";

function passphraseFile(text: string, mode: number): string {
  const directory = mkdtempSync(join(tmpdir(), "natster-passphrase-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "passphrase");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test("a passphrase in a file of its owner's alone is taken as it is, without the end of its line", async () => {
  const file = passphraseFile("correct horse battery staple\n", 0o600);
  expect(await passphraseFrom(file, { fresh: true })).toBe("correct horse battery staple");
});

test.each(["644", "640", "620"])("a file of mode %s is refused, since others may read or write it", async (mode) => {
  const file = passphraseFile("correct horse battery staple\n", Number.parseInt(mode, 8));
  for (const fresh of [true, false]) {
    await expect(passphraseFrom(file, { fresh })).rejects.toMatchObject({ next: expect.stringContaining("chmod 600") });
  }
});

test("a new passphrase of less than twelve characters is refused, and one that was used before is not", async () => {
  const [short, enough] = [passphraseFile("eleven char\n", 0o600), passphraseFile("twelve chars\n", 0o600)];
  await expect(passphraseFrom(short, { fresh: true })).rejects.toThrow("12 characters or more");
  expect(await passphraseFrom(short, { fresh: false })).toBe("eleven char");
  expect(await passphraseFrom(enough, { fresh: true })).toBe("twelve chars");
});
