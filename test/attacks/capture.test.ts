/**
 * What crosses nats-server while somebody registers, a device signs in and a catalog is shared, recorded at every place
 * where somebody could listen, and what is at rest afterwards: neither a code's secret nor a private key is in it.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CatalogName } from "@natster/contracts";
import {
  accept,
  connectDevice,
  createDevice,
  invite,
  issueDeviceCode,
  issueShareCode,
  memoryCodeStore,
  type PendingClaim,
  type Place,
  redeem,
  startFulfiller,
} from "@natster/person";
import { startSystem } from "@natster/testing";
import { codeKeys, createKey, formatCode, keyFromSeed, parseCreds } from "@natster/trust";
import { jetstreamManager } from "@nats-io/jetstream";
import { expect, onTestFinished, test, vi } from "vitest";
import { openWire } from "./wire.fixture.ts";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const photos = CatalogName.parse("photos");

/** A secret in every spelling in which it could be told. */
const spellings = (bytes: Uint8Array): string[] => {
  const buffer = Buffer.from(bytes);
  return [buffer.toString("latin1"), buffer.toString("base64url"), buffer.toString("base64"), buffer.toString("hex")];
};

test("a tap on everything hears neither a code's secret nor a private key, and nothing at rest holds one", async () => {
  const system = await startSystem({ registration: "code", logLevel: "trace" });
  onTestFinished(() => system[Symbol.asyncDispose]());
  const { directory, platform } = system;
  const tap = await openWire(platform.nats.url);
  onTestFinished(() => tap[Symbol.asyncDispose]());
  const place: Place = { ...platform.place, servers: [tap.url] };

  // Inside the accounts of the platform and of the streams, whatever anybody says there.
  const inPlatform: Buffer[] = [];
  for (const account of ["platform", "streams"]) {
    const seed = await readFile(join(directory, "offline", `${account}.seed`), "utf8");
    const creds = createDevice(keyFromSeed(seed, "account"), { name: "listener", role: "owner" });
    const inside = await connectDevice(platform.place, creds, "listener");
    onTestFinished(() => inside[Symbol.asyncDispose]());
    inside.connection.subscribe(">", { callback: (_, message) => void inPlatform.push(Buffer.from(message.data)) });
    await inside.connection.flush();
  }

  const owner = await connectDevice(
    place,
    createDevice(system.administrator.key, { name: "laptop", role: "owner", administrator: true }),
    "laptop",
  );
  onTestFinished(() => owner[Symbol.asyncDispose]());
  await owner.catalog.create({ catalog: photos });
  const store = memoryCodeStore();
  const fulfiller = await startFulfiller(owner, { account: system.administrator.key, store });
  onTestFinished(() => fulfiller[Symbol.asyncDispose]());

  // What claimants keep is theirs alone, so it is looked for as well.
  const kept: PendingClaim[] = [];
  const claims = {
    load: async () => undefined,
    save: async (claim: PendingClaim) => void kept.push(claim),
    remove: async () => undefined,
  };
  const codes = [
    await invite(owner),
    await issueShareCode(owner, { catalog: photos }, store),
    await issueDeviceCode(owner, { name: "phone", role: "browser" }, store),
  ];
  const accounts = [createKey("account"), createKey("account")];
  const redeemed = [];
  for (const [index, code] of codes.entries()) {
    const account = accounts[index];
    redeemed.push(await redeem(place, code, { claims, ...(account && { account }) }));
  }
  const share = redeemed[1];
  if (share?.purpose !== "share" || !share.joined) throw new Error("nobody joined");
  await using bob = await connectDevice(place, share.joined.creds, "bob");
  await accept(bob, { owner: owner.account, catalog: photos });
  await expect(bob.library.whoami({})).resolves.toMatchObject({ account: bob.account });

  const keys = await Promise.all(codes.map(codeKeys));
  const seeds = [
    ...accounts.map((key) => key.seed()),
    system.administrator.key.seed(),
    ...redeemed.flatMap((each) =>
      each.purpose === "device"
        ? [parseCreds(each.creds).key.seed()]
        : [parseCreds(each.joined?.creds ?? "").key.seed()],
    ),
  ];
  const secrets = [
    ...codes.flatMap(({ id, secret }) => [secret, formatCode({ id, secret, purpose: "share" }).slice(9)]),
    ...keys.flatMap(({ peer, seal }) => [...spellings(peer), ...spellings(seal)]),
    ...kept.flatMap(({ answerKey }) => spellings(Buffer.from(answerKey.secret, "base64url"))),
    ...seeds,
  ];
  const found = (text: string) => secrets.filter((secret) => text.includes(secret));
  const seedsIn = (text: string) =>
    (text.match(/\bS[AUO][A-Z2-7]{56}\b/g) ?? []).filter((seed) => seed !== platform.installation.lobby.seed);

  const wire = tap.bytes().toString("latin1");
  const said = Buffer.concat(inPlatform).toString("latin1");
  // The tap hears what it should: claims, answers and events.
  for (const word of ["natster.codes.claim", "natster.codes.fulfil", "natster.catalog.share"])
    expect(wire).toContain(word);
  expect(said).toContain(codes[1]?.id);
  expect(found(wire)).toEqual([]);
  expect(found(said)).toEqual([]);
  expect(seedsIn(wire + said)).toEqual([]);

  // Streams and buckets, as the one user reads them who may read all of them.
  const bootstrap = await connectDevice(
    platform.place,
    await readFile(platform.installation.creds("bootstrap"), "utf8"),
    "bootstrap",
  );
  onTestFinished(() => bootstrap[Symbol.asyncDispose]());
  const manager = await jetstreamManager(bootstrap.connection);
  let messages = 0;
  for await (const { config, state } of manager.streams.list()) {
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const stored = await manager.streams.getMessage(config.name, { seq }).catch(() => null);
      if (!stored) continue;
      messages += 1;
      const text = Buffer.from(stored.data).toString("latin1");
      expect([config.name, seq, found(text), seedsIn(text)]).toEqual([config.name, seq, [], []]);
    }
  }
  expect(messages).toBeGreaterThan(20);

  // Files: a seed is only where it belongs, in a file that is its owner's alone; in logs there is none.
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  let kept0600 = 0;
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, "latin1");
    expect([path, found(text)]).toEqual([path, []]);
    if (seedsIn(text).length === 0) continue;
    kept0600 += 1;
    expect([path, (await stat(path)).mode & 0o777]).toEqual([path, 0o600]);
    expect(path).toMatch(/\/(?:creds|operator|offline)\//);
  }
  expect(kept0600).toBeGreaterThan(8);

  // Arguments of every process of this run.
  const own = await Promise.all(
    (await readdir("/proc"))
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "")),
  );
  expect(own.flatMap((line) => [...found(line), ...seedsIn(line)])).toEqual([]);
});
