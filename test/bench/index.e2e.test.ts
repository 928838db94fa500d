import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { index } from "./index.ts";
import { list } from "./listing.ts";
import { makeTree } from "./tree.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "natster-bench-"));
  makeTree(join(root, "tree"), 50_000);
}, 300_000);
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 3 }), 300_000);

test("fifty thousand files are indexed, looked at again and listed in less than 400 MB", async () => {
  const { files, peak } = await index(join(root, "tree"), join(root, "cache"));

  expect(files).toBe(50_000);
  expect(peak).toBeLessThan(400);
}, 300_000);

test("fifty thousand files are listed by another process again and again, and neither end keeps what it had before", async () => {
  const { files, reader, serving } = await list(join(root, "tree"), 4);

  expect(files).toBe(50_000);
  // Two hundred thousand lines are 100 MB and more; collectors work when they like.
  expect(reader.later - reader.first).toBeLessThan(60);
  expect(serving.later - serving.first).toBeLessThan(60);
}, 300_000);
