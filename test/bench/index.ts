/**
 * What it takes to index a folder of small files: the first time against `sha256sum` over the same tree with as many
 * processes as there are threads here, again without changes, and how much memory that is. `NATSTER_FILES` says how many
 * files of 4 KiB; a million unless given.
 */
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Bench, compare, limit } from "./harness.ts";
import type { Indexed } from "./index-process.ts";
import { makeTree } from "./tree.ts";

const run = promisify(execFile);

export const bench: Bench = async ({ rounds }) => {
  const files = Number(process.env["NATSTER_FILES"] ?? 1_000_000);
  const root = await mkdtemp(join(tmpdir(), "natster-bench-"));
  await using _gone = {
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
  makeTree(join(root, "tree"), files);
  const seen: Indexed[] = [];
  const sides = {
    async ours() {
      const indexed = await index(join(root, "tree"), join(root, "cache"));
      seen.push(indexed);
      return files / indexed.first;
    },
    baseline: async () => files / (await sha256sum(join(root, "tree"))),
  };
  const first = await compare(`first index of ${files.toLocaleString("en")} files`, "files/s", sides, rounds, {
    atLeast: 0.8,
  });
  const worst = (of: (indexed: Indexed) => number) => Math.max(...seen.map(of));
  return [
    first,
    limit(
      "again without changes",
      "s",
      worst((indexed) => indexed.again),
      15,
    ),
    limit(
      "most memory while indexing",
      "MB",
      worst((indexed) => indexed.peak),
      400,
    ),
    limit(
      "longest page of a listing of everything",
      "ms",
      worst((indexed) => indexed.page),
      250,
    ),
  ];
};

/** One index in a process of its own, with an empty cache. */
export async function index(tree: string, cache: string): Promise<Indexed> {
  await rm(cache, { recursive: true, force: true });
  const child = fork(join(import.meta.dirname, "index-process.ts"), [tree, cache], { serialization: "json" });
  const ended = once(child, "exit");
  const told = once(child, "message") as Promise<[Indexed]>;
  const [indexed] = await Promise.race([
    told,
    ended.then(([code]) => Promise.reject(new Error(`the index ended with ${code}`))),
  ]);
  await ended;
  return indexed;
}

/** Seconds that the same takes in plain tools, on as many cores. */
async function sha256sum(tree: string): Promise<number> {
  const threads = Math.min(4, availableParallelism());
  const started = performance.now();
  await run("sh", ["-c", `find "$0" -type f -print0 | xargs -0 -P ${threads} -n 2000 sha256sum > /dev/null`, tree]);
  return (performance.now() - started) / 1000;
}
