/** One-time codes from end to end: a device signs in, a catalog is shared by a link, a newcomer joins. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogName, Handle } from "@natster/contracts";
import {
  cancelCode,
  connectDevice,
  type Fulfiller,
  type FulfillerEvent,
  issueDeviceCode,
  issueShareCode,
  memoryClaimStore,
  memoryCodeStore,
  NotAnsweredYetError,
  type Person,
  redeem,
  revokeDevice,
  startFulfiller,
} from "@natster/person";
import { claimFiles, codeFiles } from "@natster/person/node";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { codeLink, parseCreds, readCode } from "@natster/trust";
import { describe, expect, onTestFinished, test, vi } from "vitest";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const photos = CatalogName.parse("photos");

async function anIssuer() {
  const system = await startSystem({ registration: "code" });
  onTestFinished(() => system[Symbol.asyncDispose]());
  const { administrator: alice } = system;
  await alice.catalog.create({ catalog: photos });
  const store = memoryCodeStore();
  return { system, alice, store, place: system.platform.place };
}

/** Answers as long as the test lasts, and keeps what it tells. */
async function answering(alice: TestPerson, store = memoryCodeStore()) {
  const told: FulfillerEvent[] = [];
  const fulfiller: Fulfiller = await startFulfiller(alice, { account: alice.key, store, tell: (e) => told.push(e) });
  onTestFinished(() => fulfiller[Symbol.asyncDispose]());
  return { told, fulfiller };
}

async function connected({ platform }: TestSystem, creds: string): Promise<Person> {
  const person = await connectDevice(platform.place, creds, "redeemed");
  onTestFinished(() => person[Symbol.asyncDispose]());
  return person;
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "natster-codes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("a share code", () => {
  test("brings a newcomer, from nothing but a link, to an account and a catalog that can be read", async () => {
    const { system, alice, store, place } = await anIssuer();
    const { told } = await answering(alice, store);
    const code = await issueShareCode(alice, { catalog: photos }, store);
    const link = codeLink("https://share.example/", code);

    const read = readCode(link);
    if (!read) throw new Error("no code");
    const redeemed = await redeem(place, read, { handle: Handle.parse("bob") });

    if (redeemed.purpose !== "share" || !redeemed.joined) throw new Error("nobody joined");
    expect(redeemed).toMatchObject({ owner: alice.account, catalog: photos });
    const bob = await connected(system, redeemed.joined.creds);
    await expect(bob.library.whoami({})).resolves.toMatchObject({ handle: "bob", administrator: false });
    await expect.poll(async () => (await bob.library.shared({})).rows).toMatchObject([{ catalog: photos }]);
    await expect.poll(async () => (await bob.library.devices({})).rows).toMatchObject([{ user: bob.user }]);
    expect(told).toMatchObject([{ kind: "answered", id: code.id, account: bob.account }]);
    expect(await store.ids(), "what is answered is forgotten").toEqual([]);
    await expect
      .poll(async () => (await alice.library.codes({ code: code.id })).rows)
      .toMatchObject([{ state: "fulfilled", offer: { purpose: "share", catalog: photos } }]);
  });

  test("gives somebody who has an account the catalog for that account", async () => {
    const { alice, store, place, system } = await anIssuer();
    await answering(alice, store);
    const first = await redeem(place, await issueShareCode(alice, { catalog: photos }, store));
    if (first.purpose !== "share" || !first.joined) throw new Error("nobody joined");
    const bob = await connected(system, first.joined.creds);
    const music = CatalogName.parse("music");
    await alice.catalog.create({ catalog: music });
    const until = Math.floor(Date.now() / 1000) + 3_600;

    const code = await issueShareCode(alice, { catalog: music, until, audience: bob.account }, store);
    await redeem(place, code, { person: bob });

    await expect
      .poll(async () => (await bob.library.shared({})).rows.find(({ catalog }) => catalog === music))
      .toMatchObject({ owner: alice.account, expires: new Date(until * 1_000).toISOString() });
  });

  test("is not used up by somebody who can read the catalog already, and lets somebody else in", async () => {
    const { alice, store, place, system } = await anIssuer();
    await answering(alice, store);
    const first = await redeem(place, await issueShareCode(alice, { catalog: photos }, store));
    if (first.purpose !== "share" || !first.joined) throw new Error("nobody joined");
    const bob = await connected(system, first.joined.creds);
    const code = await issueShareCode(alice, { catalog: photos }, store);

    await expect(redeem(place, code, { person: bob })).rejects.toMatchObject({ reason: "already_shared", code: 409 });
    await expect(redeem(place, code)).resolves.toMatchObject({ purpose: "share", catalog: photos });
  });

  test("for one account is refused to every other, and stays good for that one", async () => {
    const { alice, store, place, system } = await anIssuer();
    await answering(alice, store);
    const newcomers = await Promise.all(
      [0, 1].map(async () => redeem(place, await issueShareCode(alice, { catalog: photos }, store))),
    );
    const [bob, eve] = await Promise.all(
      newcomers.map((each) => connected(system, each.purpose === "share" ? (each.joined?.creds ?? "") : "")),
    );
    if (!bob || !eve) throw new Error("nobody joined");
    const music = CatalogName.parse("music");
    await alice.catalog.create({ catalog: music });
    const code = await issueShareCode(alice, { catalog: music, audience: bob.account }, store);
    await expect(redeem(place, code, { person: eve })).rejects.toMatchObject({ reason: "not_for_you", code: 403 });
    await expect(redeem(place, code, { person: alice })).rejects.toMatchObject({ reason: "not_for_you" });
    await expect(redeem(place, code)).rejects.toMatchObject({ reason: "not_for_you" });
    await expect(redeem(place, code, { person: bob })).resolves.toMatchObject({ catalog: music });
  });

  test("is answered whenever its issuer comes back, and the same claim waits for it", async () => {
    const { alice, store, place } = await anIssuer();
    const claims = memoryClaimStore();
    const code = await issueShareCode(alice, { catalog: photos }, store);
    await expect(redeem(place, code, { claims, within: 0 })).rejects.toThrow(NotAnsweredYetError);
    await expect(redeem(place, code, { within: 0 })).rejects.toMatchObject({ reason: "code_claimed", code: 409 });

    // What cannot be read at first is read a moment later, and ends nobody.
    const unreadable = vi
      .fn<typeof store.ids>(() => store.ids())
      .mockRejectedValueOnce(new Error("too many open files"));
    const { told } = await answering(alice, { ...store, ids: unreadable });
    await expect(redeem(place, code, { claims })).resolves.toMatchObject({ purpose: "share", catalog: photos });
    expect(told).toMatchObject([{ kind: "failed" }, { kind: "answered", id: code.id }]);
  });
});

describe("a device code", () => {
  test("signs a device in with a key of its own, until it is revoked", async () => {
    const { system, alice, store, place } = await anIssuer();
    await answering(alice, store);
    const code = await issueDeviceCode(alice, { name: "Ann's phone", role: "browser", maySign: true }, store);

    const redeemed = await redeem(place, code);

    if (redeemed.purpose !== "device") throw new Error("no device");
    expect(redeemed.account).toBe(alice.account);
    const phone = await connected(system, redeemed.creds);
    expect(phone.user).toBe(parseCreds(redeemed.creds).key.public);
    await expect(phone.library.whoami({})).resolves.toMatchObject({ account: alice.account, administrator: true });
    await expect(phone.accounts.close({})).rejects.toMatchObject({ reason: "wrong_role" });
    const devices = async () => (await phone.library.devices({})).rows;
    await expect
      .poll(devices)
      .toMatchObject([{ user: phone.user, name: "Ann's phone", role: "browser", maySign: true }]);
    const listed = await phone.library.devices({});
    expect(Date.parse(listed.rows[0]?.expires ?? "") - Date.now(), "thirty days").toBeGreaterThan(29 * 86_400_000);
    await revokeDevice(alice, phone.user);
    await expect(connected(system, redeemed.creds)).rejects.toThrow(/authorization|revoked/i);
  });
});

describe("a code", () => {
  test("that was taken back is unknown to whoever redeems it", async () => {
    const { alice, store, place } = await anIssuer();
    const code = await issueShareCode(alice, { catalog: photos }, store);
    await cancelCode(alice, code, store);
    await expect(redeem(place, code)).rejects.toMatchObject({ reason: "code_unknown", code: 404 });
    expect(await store.ids()).toEqual([]);
  });

  test("kept in files is answered by another process than the one that issued it, and every file is the owner's", async () => {
    const { alice, place } = await anIssuer();
    const [issued, claimed] = [await aFolder(), await aFolder()];
    await answering(alice, codeFiles(issued));
    const store = codeFiles(join(issued));
    const code = await issueShareCode(alice, { catalog: photos }, store);
    const claims = claimFiles(claimed);
    const kept = await Promise.all((await readdir(issued)).map(async (name) => (await stat(join(issued, name))).mode));
    expect(kept.map((mode) => mode & 0o777)).toEqual([0o600]);

    await redeem(place, code, { claims });

    expect(await readdir(issued)).toEqual([]);
    expect(await readdir(claimed)).toEqual([]);
  });
});
