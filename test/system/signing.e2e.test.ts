/** Signing for devices that do not hold the account key: asked of the process that does, over a session. */
import { CatalogName } from "@natster/contracts";
import { NobodyAnswersError } from "@natster/micro/client";
import {
  accept,
  answerClaim,
  connectDevice,
  issueShareCode,
  NotAnsweredYetError,
  openSigning,
  type Person,
  publish,
  redeem,
  renewThisDevice,
  share,
} from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { createKey, formatCreds, userJwt } from "@natster/trust";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { deviceOf, serveSigning } from "./signing.fixture.ts";

let system: TestSystem;
const opened = new AsyncDisposableStack();
const photos = CatalogName.parse("photos");
const now = () => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  system = opened.use(await startSystem());
});
afterAll(() => opened.disposeAsync());

/** Somebody with a catalog, a process that signs, and a browser that may have things signed. */
async function anOwner(options: { perMinute?: number } = {}) {
  const own = new AsyncDisposableStack();
  onTestFinished(() => own.disposeAsync());
  const alice = await system.person();
  await alice.catalog.create({ catalog: photos });
  const signing = await serveSigning(system, alice, own, options);
  const browser = await deviceOf(system, alice, { role: "browser", maySign: true }, own);
  return { alice, browser, own, ...signing };
}

const statesOf = async (person: Person) => (await person.library.shared({})).rows.map(({ catalog }) => catalog);

test("a browser without the account key shares a catalog, until a moment of its choice", async () => {
  const { alice, browser } = await anOwner();
  const bob = await system.person();
  using signer = await openSigning(browser);
  const expires = now() + 3_600;
  await share(browser, signer, { catalog: photos, recipient: bob.account, expires });
  await accept(bob, { owner: alice.account, catalog: photos });
  await expect.poll(() => statesOf(bob), { timeout: 20_000 }).toEqual([photos]);
  await expect
    .poll(async () => (await alice.library.shares({})).rows)
    .toMatchObject([{ recipient: bob.account, expires: new Date(expires * 1_000).toISOString() }]);
});

test("what was taken back is shared again with a grant of a later second, over the same session", async () => {
  const { alice, browser } = await anOwner();
  const bob = await system.person();
  using signer = await openSigning(browser);
  await share(browser, signer, { catalog: photos, recipient: bob.account });
  await browser.catalog.unshare({ catalog: photos, recipient: bob.account });
  await share(browser, signer, { catalog: photos, recipient: bob.account });
  await accept(bob, { owner: alice.account, catalog: photos });
  await expect.poll(() => statesOf(bob), { timeout: 20_000 }).toEqual([photos]);
});

test("it makes a catalog public", async () => {
  const { alice, browser } = await anOwner();
  const bob = await system.person();
  using signer = await openSigning(browser);
  await publish(browser, signer, { catalog: photos });
  await accept(bob, { owner: alice.account, catalog: photos });
  await expect.poll(() => statesOf(bob), { timeout: 20_000 }).toEqual([photos]);
});

test("it issues a share code that is answered when it is gone", async () => {
  const { alice, browser } = await anOwner();
  const signer = await openSigning(browser);
  const code = await issueShareCode(browser, { catalog: photos }, signer);
  signer[Symbol.dispose]();
  await browser[Symbol.asyncDispose]();
  await expect(redeem(system.platform.place, code)).resolves.toMatchObject({
    purpose: "share",
    owner: alice.account,
    catalog: photos,
  });
});

test("a share code that it issued is answered to nobody once it was revoked", async () => {
  const { alice, browser, person, store } = await anOwner();
  using signer = await openSigning(browser);
  const code = await issueShareCode(browser, { catalog: photos }, signer);
  const { after } = await alice.accounts.revoke({ user: browser.user });
  await person.library.devices({ after });
  await expect(redeem(system.platform.place, code, { within: 1_000 })).rejects.toThrow(NotAnsweredYetError);
  await expect(answerClaim(person, code.id, { account: alice.key, store })).rejects.toMatchObject({
    reason: "device_gone",
  });
  // Whoever has it is told nothing, and the owner has one to withdraw.
  await expect(alice.library.codes({})).resolves.toMatchObject({ rows: [{ code: code.id, state: "claimed" }] });
});

test("more than its share is refused by name, and another device of the account is not", async () => {
  const { alice, browser, own } = await anOwner({ perMinute: 3 });
  const other = await deviceOf(system, alice, { role: "browser", maySign: true }, own);
  const bob = await system.person();
  using signer = await openSigning(browser);
  const sign = async () => {
    for (let time = 0; time < 10; time++) await signer.grant({ catalog: photos, recipient: bob.account });
  };
  await expect(sign()).rejects.toMatchObject({ reason: "too_many_requests", code: 429 });
  using second = await openSigning(other);
  await expect(second.grant({ catalog: photos, recipient: bob.account })).resolves.toEqual(expect.any(String));
});

test("where no process holds the account key, nobody signs", async () => {
  const { browser, grants } = await anOwner();
  await grants[Symbol.asyncDispose]();
  await expect(openSigning(browser)).rejects.toThrow(NobodyAnswersError);
});

test("a device that was revoked has nothing signed, whoever carries its words", async () => {
  const { alice, browser, own, person } = await anOwner();
  const bob = await system.person();
  using signer = await openSigning(browser);
  await signer.grant({ catalog: photos, recipient: bob.account });
  // nats-server lets it in no more, so another device carries what it says.
  const carrier = await deviceOf(system, alice, { role: "owner" }, own);
  const { after } = await alice.accounts.revoke({ user: browser.user });
  await expect(person.library.devices({ after })).resolves.toMatchObject({ rows: expect.any(Array) });
  using carried = await openSigning({ ...carrier, device: browser.device });
  await expect(carried.grant({ catalog: photos, recipient: bob.account })).rejects.toMatchObject({
    reason: "may_not_sign",
  });
});

/** A browser whose JWT of five minutes was signed so many seconds ago. */
async function aBrowser(alice: TestPerson, ago: number, own: AsyncDisposableStack, maySign = false) {
  const key = createKey("user");
  const issuedAt = now() - ago;
  const said = { user: key.public, name: "phone", role: "browser", maySign, issuedAt } as const;
  const jwt = userJwt(alice.key, { ...said, expires: issuedAt + 300 });
  await alice.accounts.device({ jwt });
  const creds = formatCreds(jwt, key);
  return { key, browser: own.use(await connectDevice(system.platform.place, creds, "phone")) };
}

test("a browser is renewed in the last third of its time by the process that holds the key, and not before", async () => {
  const { alice, own } = await anOwner();
  const { browser: young } = await aBrowser(alice, 60, own);
  await expect(renewThisDevice(young)).rejects.toMatchObject({ reason: "too_early" });
  // One that may have nothing signed is renewed all the same.
  const { browser: old, key } = await aBrowser(alice, 250, own);
  const jwt = await renewThisDevice(old);
  await using renewed = await connectDevice(system.platform.place, formatCreds(jwt, key), "phone");
  await expect(renewed.library.whoami({})).resolves.toMatchObject({ account: alice.account });
  const left = async () => {
    const { rows } = await alice.library.devices({});
    return Date.parse(rows.find(({ user }) => user === key.public)?.expires ?? "") / 1_000 - now();
  };
  await expect.poll(left, { timeout: 20_000 }).toBeGreaterThan(200);
});

test("a browser that was revoked is not renewed, even by a process that has not heard of it", async () => {
  const { alice, own } = await anOwner();
  const { browser: old } = await aBrowser(alice, 250, own);
  const carrier = await deviceOf(system, alice, { role: "owner" }, own);
  await alice.accounts.revoke({ user: old.user });
  const asking = renewThisDevice({ ...carrier, user: old.user, device: old.device });
  await expect(asking).rejects.toMatchObject({ reason: "device_unknown" });
});
