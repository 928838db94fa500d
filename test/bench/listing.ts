/**
 * What a listing of everything takes, and how much memory at both ends, each a process of its own as it is shipped: what a
 * page leaves behind would show. `NATSTER_FILES` says how many files there are; a million unless given.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forgetMostMemory, mostMemory, startRunner } from "./errands.ts";
import { type Bench, fact, limit } from "./harness.ts";
import type { ReaderErrands } from "./transfer-reader.ts";
import { startWorld } from "./transfer-world.ts";
import { makeTree } from "./tree.ts";

/** What was listed, in which time, and the most memory in MB: of the first listing, and of all after it. */
export interface Listed {
  readonly files: number;
  readonly seconds: number;
  readonly reader: Memory;
  readonly serving: Memory;
}
interface Memory {
  readonly first: number;
  readonly later: number;
}

export const usualRounds = 3;

export const bench: Bench = async ({ rounds }) => {
  const files = Number(process.env["NATSTER_FILES"] ?? 1_000_000);
  const root = await mkdtemp(join(tmpdir(), "natster-bench-"));
  await using _gone = {
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
  makeTree(root, files);
  const { seconds, reader, serving } = await list(root, rounds);
  return [
    fact(`listing of ${files.toLocaleString("en")} files`, "files/s", files / seconds),
    limit("most memory of the reader, first listing", "MB", reader.first, 150),
    limit("… and later ones", "MB", reader.later, 150),
    limit("most memory of the file-server, first listing", "MB", serving.first, 400),
    limit("… and later ones", "MB", serving.later, 400),
  ];
};

/** Serves a folder and lists it: once, and so many times more in the same processes. */
export async function list(root: string, more: number): Promise<Listed> {
  await using world = await startWorld();
  await using serving = await world.serve(root);
  await using reader = await startRunner<ReaderErrands>(await world.shipped("transfer-reader.ts"), world.setup);
  const pids = { reader: reader.pid, serving: serving.pid };
  const most = () => {
    const now = { reader: mostMemory(pids.reader), serving: mostMemory(pids.serving) };
    for (const pid of Object.values(pids)) forgetMostMemory(pid);
    return now;
  };
  // What indexing took is another matter.
  most();
  const { files, seconds } = await reader.do("list", { times: 1 });
  const first = most();
  await reader.do("list", { times: more });
  const later = most();
  return {
    files,
    seconds,
    reader: { first: first.reader, later: later.reader },
    serving: { first: first.serving, later: later.serving },
  };
}
