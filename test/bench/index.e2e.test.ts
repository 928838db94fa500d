import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { index } from "./index.ts";
import { makeTree } from "./tree.ts";

test("fifty thousand files are indexed, looked at again and listed in less than 400 MB", async () => {
  const root = await mkdtemp(join(tmpdir(), "natster-bench-"));
  await using _gone = { [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 3 }) };
  makeTree(join(root, "tree"), 50_000);

  const { files, peak } = await index(join(root, "tree"), join(root, "cache"));

  expect(files).toBe(50_000);
  expect(peak).toBeLessThan(400);
}, 300_000);
