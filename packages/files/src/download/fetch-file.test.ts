import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Digest } from "@natster/contracts";
import { FilePath } from "@natster/contracts/files";
import { expect, onTestFinished, test } from "vitest";
import { fetchFile, smallFile } from "./fetch-file.ts";

test.each([
  ["small", 10],
  ["large", smallFile + 1],
])("a %s file is not written through a link that somebody put where its beginning is kept", async (_, size) => {
  const folder = mkdtempSync(join(tmpdir(), "natster-fetch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const content = Buffer.alloc(size, "content");
  const at = (name: string) => join(folder, name);
  writeFileSync(at("elsewhere"), "somebody's own");
  symlinkSync(at("elsewhere"), at("part"));
  const entry = {
    path: FilePath.parse("a.bin"),
    digest: Digest.parse(createHash("sha256").update(content).digest("hex")),
    size,
    modified: 0,
    type: "application/octet-stream",
  };
  const source = {
    readSmall: () => Promise.resolve(content),
    pull: () => Promise.reject(new Error("it was asked for")),
  };

  await expect(fetchFile(source, entry, at("part"), at("target"))).rejects.toThrow("ELOOP");
  expect(readFileSync(at("elsewhere"), "utf8")).toBe("somebody's own");
  expect(existsSync(at("target"))).toBe(false);
});
