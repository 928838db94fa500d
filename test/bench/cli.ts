/**
 * How long people wait at a command line: for the version, for a system, and for a link. Each is the real command as a
 * process of its own, from its start until it ends. Beside the version stands what Node itself takes to start.
 */
import { execFile } from "node:child_process";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findNatsServer } from "@natster/nats-server";
import { type Bench, compare, fact, limit, median, type Row } from "./harness.ts";

const run = promisify(execFile);
const natster = join(import.meta.dirname, "..", "..", "packages", "cli", "bin", "natster.mjs");
const files = 100;

export const bench: Bench = async ({ rounds }) => {
  const home = await mkdtemp(join(tmpdir(), "natster-bench-"));
  const { path: binary } = await findNatsServer();
  const env = { PATH: process.env["PATH"], HOME: home, NATS_SERVER_BIN: binary };
  /** Milliseconds from the start of a process to its end. */
  const timed = async (...args: readonly string[]): Promise<number> => {
    const began = performance.now();
    await run(process.execPath, args, { env, cwd: home });
    return performance.now() - began;
  };
  const type = (...words: readonly string[]) => timed(natster, ...words);
  try {
    const start = await compare(
      "natster --version, beside node -e 0",
      "ms",
      { ours: () => type("--version"), baseline: () => timed("-e", "0") },
      3 * rounds,
    );
    const first = await type("up", "--background");
    const again = await repeated(rounds, async () => {
      await type("down");
      return type("up", "--background");
    });
    const shares: number[] = [];
    const shown: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const folder = join(home, `folder-${round}`);
      await mkdir(folder);
      for (let file = 0; file < files; file++) await writeFile(join(folder, `${file}.txt`), `${round} ${file}`);
      shares.push(await type("share", folder));
      shown.push(await type("ls"));
    }
    return [
      start,
      limit("natster --version", "ms", start.value, 150),
      fact("natster up, the very first", "ms", first),
      limit("natster up, from then on", "ms", median(again), 2_000),
      limit(`natster share, ${files} files, until its link`, "ms", median(shares), 1_000),
      fact("natster ls", "ms", median(shown)),
    ] satisfies Row[];
  } finally {
    await type("down").catch(() => undefined);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
};

async function repeated(rounds: number, once: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await once());
  return times;
}
