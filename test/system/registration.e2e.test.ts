/** Who is admitted, and how much an account may use. */
import { CatalogName } from "@natster/contracts";
import {
  accept,
  connectDevice,
  createDevice,
  invite,
  issueShareCode,
  memoryCodeStore,
  redeem,
  register,
  share,
  startFulfiller,
  unshare,
} from "@natster/person";
import { startSystem } from "@natster/testing";
import { createKey } from "@natster/trust";
import { describe, expect, onTestFinished, test, vi } from "vitest";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const [one, two, three] = ["one", "two", "three"].map((name) => CatalogName.parse(name)) as [
  CatalogName,
  CatalogName,
  CatalogName,
];

async function aSystem(options: Parameters<typeof startSystem>[0]) {
  const system = await startSystem(options);
  onTestFinished(() => system[Symbol.asyncDispose]());
  const { administrator: alice } = system;
  await alice.catalog.create({ catalog: one });
  const store = memoryCodeStore();
  const fulfiller = await startFulfiller(alice, { account: alice.key, store });
  onTestFinished(() => fulfiller[Symbol.asyncDispose]());
  return { system, alice, store, place: system.platform.place };
}

describe("registration", () => {
  test("that is open admits everybody", async () => {
    const { place } = await aSystem({ registration: "open" });
    await expect(register(place, { account: createKey("account") })).resolves.toBeUndefined();
  });

  test("by code admits whoever brings an enrol code or a share code, and nobody else", async () => {
    const { place, alice, store } = await aSystem({ registration: "code" });
    await expect(register(place, { account: createKey("account") })).rejects.toMatchObject({ reason: "code_needed" });
    await expect(redeem(place, await invite(alice))).resolves.toHaveProperty("joined");
    await expect(redeem(place, await issueShareCode(alice, { catalog: one }, store))).resolves.toHaveProperty("joined");
  });

  test("that is closed admits nobody, with whatever code, and administrators all the same", async () => {
    const { place, alice, store } = await aSystem({ registration: "closed" });
    await expect(alice.library.whoami({})).resolves.toMatchObject({ administrator: true });
    const refusals = { reason: "registration_closed", code: 403 };
    await expect(register(place, { account: createKey("account") })).rejects.toMatchObject(refusals);
    await expect(redeem(place, await invite(alice))).rejects.toMatchObject(refusals);
    const code = await issueShareCode(alice, { catalog: one }, store);
    await expect(redeem(place, code)).rejects.toMatchObject(refusals);
  });
});

describe("an account", () => {
  test("has as many catalogs as it may, and one more once another is given up or an administrator says so", async () => {
    const { system, alice } = await aSystem({ limits: { catalogs: 1 } });
    const bob = await system.person();
    await bob.catalog.create({ catalog: one });
    await expect(bob.catalog.create({ catalog: two })).rejects.toMatchObject({
      reason: "too_many_catalogs",
      code: 429,
    });
    await bob.catalog.retire({ catalog: one });
    await bob.catalog.create({ catalog: two });
    await alice.accounts.limit({ account: bob.account, limits: { catalogs: 2 } });
    await bob.catalog.create({ catalog: three });
    await expect(bob.catalog.create({ catalog: one })).rejects.toMatchObject({ reason: "too_many_catalogs" });
  });

  test("accepts as many catalogs of others as it may, and another once one is dropped or taken back", async () => {
    const { system, alice } = await aSystem({ limits: { imports: 1 } });
    const bob = await system.person();
    await alice.catalog.create({ catalog: two });
    for (const catalog of [one, two]) await share(alice, alice.key, { catalog, recipient: bob.account });
    await accept(bob, { owner: alice.account, catalog: one });
    await accept(bob, { owner: alice.account, catalog: one });
    const second = { owner: alice.account, catalog: two };
    await expect(bob.catalog.import(second)).rejects.toMatchObject({ reason: "too_many_imports", code: 429 });
    await bob.catalog.drop({ owner: alice.account, catalog: one });
    await expect(accept(bob, second)).resolves.toBeUndefined();
    await unshare(alice, two, bob.account);
    await share(alice, alice.key, { catalog: one, recipient: bob.account });
    await expect(accept(bob, { owner: alice.account, catalog: one })).resolves.toBeUndefined();
  });

  test("connects as often as the configuration says, or an administrator for it", async () => {
    const { system, alice, place } = await aSystem({ limits: { conn: 1 } });
    const bob = await system.person();
    const creds = createDevice(bob.key, { name: "second", role: "owner" });
    await expect(
      connectDevice({ ...place, dial: (o) => place.dial({ ...o, reconnect: false }) }, creds, "second"),
    ).rejects.toThrow(/maximum|EPIPE|closed|reset/i);
    const { after } = await alice.accounts.limit({ account: bob.account, limits: { conn: 4 } });
    await expect.poll(async () => (await alice.accounts.applied({ account: bob.account, after })).applied).toBe(true);
    await using second = await connectDevice(place, creds, "second");
    await expect(second.library.whoami({})).resolves.toMatchObject({ account: bob.account });
  });
});
