/** What is shared for a while at a time: renewed while somebody who holds the key is there, and ended when nobody is. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogName } from "@natster/contracts";
import { accept, keepLeases, type Lease, share, unshare } from "@natster/person";
import { leaseFiles } from "@natster/person/node";
import { startSystem } from "@natster/testing";
import { expect, onTestFinished, test } from "vitest";

const photos = CatalogName.parse("photos");
const now = () => Math.floor(Date.now() / 1_000);

async function aLease(lasts: number) {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const folder = await mkdtemp(join(tmpdir(), "natster-leases-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [alice, bob] = [await system.person("alice"), await system.person("bob")];
  await alice.catalog.create({ catalog: photos });
  const [issuedAt, recipient] = [now(), bob.account];
  const expires = issuedAt + lasts;
  await share(alice, alice.key, { catalog: photos, recipient, expires });
  await accept(bob, { owner: alice.account, catalog: photos });
  const store = leaseFiles(join(folder, "leases"));
  await store.save({ catalog: photos, recipient, lasts, issuedAt, expires });
  const has = async () => (await bob.library.shared({})).rows.map(({ catalog }) => catalog);
  const until = async () => Date.parse((await alice.library.shares({})).rows[0]?.expires ?? "") / 1_000;
  return { system, alice, bob, store, expires, folder, has, until };
}

test("a lease is renewed in its last third, without being accepted again", async () => {
  const { alice, store, expires, folder, has, until } = await aLease(24);
  await using _keeper = keepLeases(alice, { account: alice.key, store, every: 200 });
  await expect.poll(until, { timeout: 60_000 }).toBeGreaterThan(expires);
  // Past the end of the first grant.
  await expect.poll(now, { timeout: 60_000 }).toBeGreaterThan(expires + 1);
  expect(await has()).toEqual([photos]);
  const modes = (await readdir(join(folder, "leases"))).map(
    async (name) => (await stat(join(folder, "leases", name))).mode,
  );
  expect((await Promise.all(modes)).map((mode) => mode & 0o777)).toEqual([0o600]);
}, 240_000);

test("a recipient who is gone, and a file that is no lease, end no other lease", async () => {
  const { system, alice, bob, store, expires, folder, has, until } = await aLease(3_600);
  const gone = await system.person("carol");
  await share(alice, alice.key, { catalog: photos, recipient: gone.account, expires });
  await gone.accounts.close({});
  // Both are in the last third of their time, and the one that cannot be renewed comes first.
  for (const recipient of [gone.account, bob.account])
    await store.save({ catalog: photos, recipient, lasts: 7_200, issuedAt: expires - 36_000, expires });
  const goneFirst = (leases: readonly Lease[]) => leases.toSorted((one) => (one.recipient === gone.account ? -1 : 1));
  const bad = join(folder, "leases", "bad.json");
  await writeFile(bad, "{");
  const told: unknown[] = [];
  await using _keeper = keepLeases(alice, {
    account: alice.key,
    store: { ...store, all: async (unreadable) => goneFirst(await store.all(unreadable)) },
    every: 200,
    tell: (so) => told.push(so),
  });

  await expect.poll(until, { timeout: 60_000 }).toBeGreaterThan(expires);
  expect(await has()).toEqual([photos]);
  expect((await store.all()).map(({ recipient }) => recipient)).toEqual([bob.account]);
  expect(told).toContainEqual(expect.objectContaining({ name: "LeaseUnreadableError" }));
  expect(await readFile(bad, "utf8")).toBe("{");
}, 240_000);

test("what was taken back is not renewed, and is kept no longer", async () => {
  const { alice, bob, store, has } = await aLease(6);
  await unshare(alice, photos, bob.account);
  await using _keeper = keepLeases(alice, { account: alice.key, store, every: 200 });
  await expect.poll(() => store.all(), { timeout: 60_000 }).toEqual([]);
  expect(await has()).toEqual([]);
}, 120_000);
