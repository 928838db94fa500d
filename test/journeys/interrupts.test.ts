/** Ctrl-C at any moment: the next run finishes or cleans up what was half-done. */
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { homes, Somebody } from "./person.ts";

const runs = Number(process.env["NATSTER_RUNS"] ?? 12);

/** Moments from a seed, so that a run can be repeated: mulberry32. */
function moments(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const seed = Number(process.env["NATSTER_SEED"] ?? 1);

async function interrupted(who: Somebody, args: readonly string[], after: number): Promise<number> {
  const child = who.runs(args);
  child.stdout?.resume();
  child.stderr?.resume();
  const ended = once(child, "exit");
  await sleep(after);
  child.kill("SIGINT");
  const [code, signal] = (await ended) as [number | null, string | null];
  // Before it listens for signals, the signal itself ends it.
  return code ?? (signal === "SIGINT" ? 130 : 128);
}

test("up, interrupted at random moments, is the same system and the same account at the end", async () => {
  const alice = new Somebody("alice", homes());
  const moment = moments(seed);
  for (let run = 0; run < runs; run++) {
    expect([0, 130]).toContain(await interrupted(alice, ["up"], moment() * 3_000));
  }
  const { code, out, err } = await alice.types("natster up --background --json | jq -r .account");
  expect(code, err).toBe(0);
  expect((await alice.types("natster whoami --json | jq -r .account")).out).toBe(out);
  expect(readdirSync(join(alice.home, ".config", "natster", "contexts"))).toEqual(["home"]);
}, 900_000);

test("get, interrupted at random moments, fetches the rest and leaves no half file", async () => {
  const alice = new Somebody("alice", homes());
  const folder = join(alice.home, "Many");
  mkdirSync(folder);
  for (let file = 0; file < 40; file++) {
    writeFileSync(join(folder, `${file}.bin`), Buffer.alloc(file % 8 === 0 ? 6_000_000 : 90_000, `${file} `));
  }
  expect((await alice.types("natster up --background && natster share Many --json")).code).toBe(0);
  const moment = moments(seed + 1);
  for (let run = 0; run < runs; run++) {
    expect([0, 130]).toContain(await interrupted(alice, ["get", "many", "copy"], moment() * 1_500));
    const copied = readdirSync(join(alice.home), { withFileTypes: true }).some(({ name }) => name === "copy");
    // Whatever has its name is whole.
    for (const name of copied ? readdirSync(join(alice.home, "copy")).filter((each) => each.endsWith(".bin")) : []) {
      expect(readFileSync(join(alice.home, "copy", name)).equals(readFileSync(join(folder, name))), name).toBe(true);
    }
  }
  expect((await alice.types("natster get many copy")).code).toBe(0);
  const names = (path: string) => readdirSync(path).filter((name) => name !== ".natster");
  expect(names(join(alice.home, "copy")).toSorted()).toEqual(names(folder).toSorted());
  expect(readdirSync(join(alice.home, "copy", ".natster", "parts"))).toEqual([]);
}, 900_000);
