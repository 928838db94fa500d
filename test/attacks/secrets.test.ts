/**
 * A whole run of the real command, by four people on one machine, and then every place where a secret could have ended
 * up: each file with one is its owner's alone, and logs, events, buckets and process arguments hold none.
 */
import { cpSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { connectDevice } from "@natster/person";
import { openInstallation } from "@natster/standalone";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import * as z from "zod";
import { homes, Somebody } from "../journeys/person.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");
/** A private key in text form; `SO`, `SA` and `SU` are those of operators, accounts and users. */
const seedsIn = (text: string): string[] => text.match(/\bS[AUO][A-Z2-7]{56}\b/g) ?? [];

test("after a whole run, each file with a seed is its owner's alone, and nothing else has one", async () => {
  const where = homes();
  const [alice, bob, laptop, carol] = ["alice", "bob", "laptop", "carol"].map((name) => new Somebody(name, where));
  if (!alice || !bob || !laptop || !carol) throw new Error("nobody is there");
  cpSync(sample, join(alice.home, "Photos"), { recursive: true });
  using arguments_ = watchArguments();
  const does = async (who: Somebody, line: string) => {
    const { code, out, err } = await who.types(line);
    expect(code, `${basename(who.home)}$ ${line}\n${out}${err}`).toBe(0);
    return /\S+#code=[\w-]+/.exec(out)?.[0] ?? "";
  };

  await does(alice, "natster up --background --handle alice");
  await does(bob, `natster redeem '${await does(alice, "natster share ~/Photos")}' --handle bob`);
  await does(bob, "natster get @alice/photos ~/photos");
  await does(laptop, `natster redeem '${await does(alice, "natster login --role owner --name laptop --no-wait")}'`);
  // The laptop has not the account's key: Alice's other machine signs for it, and answers its code.
  expect(await keysIn(laptop.home)).toEqual([]);
  await does(laptop, "natster publish photos --expires 1h");
  await does(carol, `natster redeem '${await does(laptop, "natster share photos --expires 1h")}' --handle carol`);
  await does(carol, "natster get @alice/photos ~/photos");
  await does(laptop, "natster share photos @bob --expires 7d");
  await does(alice, "natster unshare photos @carol");
  await does(alice, "natster devices revoke laptop");

  // What is in the files. Seeds are where they are needed, and each such file is read by nobody else.
  const system = join(alice.home, ".local", "share", "natster", "system");
  const installation = await openInstallation(system);
  const published = installation.lobby.seed;
  const files = await Promise.all(
    (await filesBelow(where)).map(async (path) => {
      const text = await readFile(path, "latin1");
      const seeds = seedsIn(text).filter((seed) => seed !== published);
      const secret = seeds.length > 0 || /"(?:peer|seal)":/.test(text);
      return { path, seeds, secret, mode: (await stat(path)).mode & 0o777 };
    }),
  );
  expect(files.filter(({ secret, mode }) => secret && mode !== 0o600)).toEqual([]);
  const logs = files.filter(({ path }) => /\.log(\.\d+)?$/.test(path));
  expect(logs.length).toBeGreaterThan(1);
  expect(logs.filter(({ secret }) => secret)).toEqual([]);
  const secrets = new Set(files.flatMap(({ seeds }) => seeds));
  // Of four people's devices, the account keys of three, and what the operator keeps.
  expect(secrets.size).toBeGreaterThan(12);
  expect([...secrets].filter((seed) => seed.startsWith("SA")).length).toBeGreaterThanOrEqual(3);

  // What is in the streams and buckets, the event log first of all.
  const place = { ...installation, servers: [await urlOf(system)], dial: connect };
  await using bootstrap = await connectDevice(
    place,
    await readFile(installation.creds("bootstrap"), "utf8"),
    "bootstrap",
    { timeout: 20_000 },
  );
  const manager = await jetstreamManager(bootstrap.connection);
  let messages = 0;
  for await (const { config, state } of manager.streams.list()) {
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const stored = await manager.streams.getMessage(config.name, { seq }).catch(() => null);
      if (!stored) continue;
      messages += 1;
      expect([config.name, seq, seedsIn(Buffer.from(stored.data).toString("latin1"))]).toEqual([config.name, seq, []]);
    }
  }
  expect(messages).toBeGreaterThan(30);

  // What stood in the arguments of any process meanwhile.
  expect(arguments_.seen.size).toBeGreaterThan(3);
  for (const line of arguments_.seen) {
    expect([line, [...secrets].filter((seed) => line.includes(seed))]).toEqual([line, []]);
  }
}, 300_000);

/** Reads the arguments of every process, again and again. */
function watchArguments(): Disposable & { readonly seen: ReadonlySet<string> } {
  const seen = new Set<string>();
  const look = async () => {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
      if (line.includes("natster") || line.includes("nats-server")) seen.add(line);
    }
  };
  const timer = setInterval(() => void look(), 100);
  return { seen, [Symbol.dispose]: () => clearInterval(timer) };
}

const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** The account seeds in a home. */
async function keysIn(home: string): Promise<string[]> {
  const texts = await Promise.all((await filesBelow(home)).map((path) => readFile(path, "latin1")));
  return texts.flatMap(seedsIn).filter((seed) => seed.startsWith("SA") && !lobbySeeds(texts).has(seed));
}
/** The lobby's seed is published, and stands in every context. */
const lobbySeeds = (texts: readonly string[]): Set<string> =>
  new Set(texts.flatMap((text) => /"lobby":\s*\{[^}]*"seed":\s*"(S\w+)"/.exec(text)?.[1] ?? []));

/** Where nats-server of a system listens. */
async function urlOf(system: string): Promise<string> {
  const { ports } = Settings.parse(JSON.parse(await readFile(join(system, "system.json"), "utf8")));
  return `nats://127.0.0.1:${ports.client}`;
}
const Settings = z.object({ ports: z.object({ client: z.int() }) });
