import { type AccountKey, InstanceId, type SignedText } from "@natster/contracts";
import { expect, test } from "vitest";
import { alice, bob, music, now, photos, resigned } from "./fixtures.ts";
import { signGrant } from "./grant.ts";
import { createKey, type Key } from "./key.ts";
import { readAnswer, signAnswer } from "./session-answer.ts";
import { createOpeningKey, openSession, sealSession } from "./session-keys.ts";
import { type OpenCheck, openHash, type OpenRequest, readOpen, type SessionDevice, signOpen } from "./session-open.ts";
import { userJwt } from "./user.ts";

const key = new Uint8Array(32).fill(1);
const wanted = { purpose: "files", owner: alice.public, catalog: photos } as const;
const grant = signGrant(alice, { recipient: bob.public, catalog: photos, issuedAt: now });
const phone = deviceOf(bob, "browser");
const check: OpenCheck = { wanted, now, from: bob.public, isPublic: false, isRevoked: () => false };

function deviceOf(
  account: Key<"account">,
  role: "owner" | "browser" | "server",
  more: { maySign?: boolean; expires?: number } = {},
): SessionDevice & { readonly key: Key<"user"> } {
  const user = createKey("user");
  return { key: user, jwt: userJwt(account, { user: user.public, name: role, role, issuedAt: now, ...more }) };
}

const opening = (change: Partial<OpenRequest> = {}): Promise<SignedText> =>
  signOpen({ device: phone, wanted, ...(change.wanted?.purpose !== "sign" && { grant }), key, now, ...change });
const read = async (signed: SignedText | Promise<SignedText>, change: Partial<OpenCheck> = {}) =>
  readOpen(await signed, { ...check, ...change });
const from = (account: Key<"account">) => ({ from: account.public });

test("a device with a grant for its account is let in", async () => {
  expect(await read(opening())).toMatchObject({
    device: { account: bob.public },
    grant: { recipient: bob.public },
    key,
  });
});

test("a device of the owner's needs no grant, whatever a header says of where it comes from", async () => {
  for (const role of ["owner", "browser"] as const) {
    const own = opening({ device: deviceOf(alice, role), grant: undefined });
    for (const from of [undefined, alice.public, bob.public]) {
      expect(await read(own, { from })).toMatchObject({ device: { account: alice.public, role } });
    }
  }
  const server = opening({ device: deviceOf(alice, "server"), grant: undefined });
  expect(await read(server, from(alice))).toEqual({ refused: "role_wrong" });
});

test("without a grant, only the account key's own statement makes a catalog public", async () => {
  const bare = opening({ grant: undefined });
  expect(await read(bare)).toEqual({ refused: "not_shared" });
  expect(await read(bare, { isPublic: true })).toMatchObject({ device: { account: bob.public } });
});

test("somebody else's grant, account or device opens nothing", async () => {
  const eve = createKey("account");
  const evePhone = deviceOf(eve, "owner");
  expect(await read(opening({ device: evePhone }), from(eve))).toEqual({ refused: "account_differs" });
  expect(await read(opening({ device: evePhone }))).toEqual({ refused: "account_differs" });
  expect(await read(opening(), from(eve))).toEqual({ refused: "account_differs" });
  expect(await read(opening(), { from: undefined })).toEqual({ refused: "account_differs" });
  const stolenJwt = opening({ device: { jwt: phone.jwt, key: evePhone.key } });
  expect(await read(stolenJwt)).toEqual({ refused: "signature_wrong" });
});

test("what an operator writes into an account proves nothing: signing keys open no session", async () => {
  const operators = createKey("account");
  const forged = resigned(phone.jwt, operators, { nats: { issuer_account: bob.public } });
  expect(await read(opening({ device: { ...phone, jwt: forged } }))).toEqual({
    refused: "device_refused",
    why: "issuer_indirect",
  });
  const own = resigned(deviceOf(alice, "owner").jwt, operators, { sub: phone.key.public });
  expect(await read(opening({ device: { ...phone, jwt: own }, grant: undefined }), from(alice))).toEqual({
    refused: "account_differs",
  });
  const grantByThem = resigned(grant, operators, {});
  expect(await read(opening({ grant: grantByThem }))).toEqual({ refused: "grant_refused", why: "issuer_other" });
});

test("a grant is for one catalog, and holds from when it was given to when it ends", async () => {
  const given = (change: object) =>
    signGrant(alice, { recipient: bob.public, catalog: photos, issuedAt: now, ...change });
  const why = (token: string) => read(opening({ grant: token }));
  expect(await why(given({ catalog: music }))).toEqual({ refused: "grant_refused", why: "catalog_other" });
  expect(await why(given({ expires: now }))).toEqual({ refused: "grant_refused", why: "expired" });
  expect(await why(given({ issuedAt: now + 1 }))).toEqual({ refused: "grant_refused", why: "dated_in_future" });
  expect(await why(given({ expires: now + 1 }))).toMatchObject({ grant: { expires: now + 1 } });
});

test("an opening is for one owner, one catalog and one purpose", async () => {
  for (const other of [
    { ...wanted, catalog: music },
    { ...wanted, owner: bob.public },
    { purpose: "sign", owner: alice.public },
  ] as const) {
    expect(await read(opening({ wanted: other }))).toEqual({ refused: "misdirected" });
    expect(await read(opening(), { wanted: other })).toEqual({ refused: "misdirected" });
  }
});

test("an opening of another time is refused, within five minutes either way it is not", async () => {
  for (const [seconds, refused] of [
    [-301, "clock_differs"],
    [-300, undefined],
    [300, undefined],
    [301, "clock_differs"],
  ] as const) {
    expect((await read(opening({ now: now + seconds }))).refused).toBe(refused);
  }
});

test("what was taken back opens nothing, and what was given after that does", async () => {
  const since = (whom: AccountKey | string, until: number): Partial<OpenCheck> => ({
    isRevoked: ({ to, at }) => to === whom && at <= until,
  });
  expect(await read(opening(), since(bob.public, now))).toEqual({ refused: "revoked" });
  expect(await read(opening(), since(bob.public, now - 1))).toMatchObject({ grant: { issuedAt: now } });
  expect(await read(opening(), since(phone.key.public, now))).toEqual({ refused: "revoked" });
});

test("only a device that may sign has things signed, and only of the owner's own account", async () => {
  const sign = { purpose: "sign", owner: alice.public } as const;
  const asks = (device: SessionDevice) => read(opening({ device, wanted: sign }), { wanted: sign });
  expect(await asks(deviceOf(alice, "browser", { maySign: true }))).toMatchObject({ device: { maySign: true } });
  expect(await asks(deviceOf(alice, "browser"))).toEqual({ refused: "role_wrong" });
  expect(await asks(deviceOf(alice, "server", { maySign: true }))).toEqual({ refused: "role_wrong" });
  expect(await asks(deviceOf(bob, "browser", { maySign: true }))).toEqual({ refused: "role_wrong" });
});

test("a text that was changed, or is no opening, is refused by name", async () => {
  const signed = await opening();
  const changed = { ...signed, text: signed.text.replace(`"time":${now}`, `"time":${now + 1}`) };
  expect(await read(changed)).toEqual({ refused: "signature_wrong" });
  for (const text of ["", "{", "[]", "{}", JSON.stringify({ ...JSON.parse(signed.text), version: 2 })]) {
    expect(await read({ ...signed, text })).toEqual({ refused: "malformed" });
  }
});

const answered = { session: new Uint8Array(16), instance: InstanceId.parse("instance1"), expires: now + 60 };

test("an answer is the expected owner's serving device's, to this very opening", async () => {
  const answer = { ...answered, enc: key, sealed: key };
  const hash = openHash(await opening());
  const server = deviceOf(alice, "server");
  const reads = async (by: SessionDevice, change = {}) =>
    readAnswer(await signAnswer(by, hash, answer), { wanted, openHash: hash, now, ...change }).refused;

  expect(await reads(server)).toBeUndefined();
  expect(await reads(server, { openHash: openHash(await opening({ now: now + 1 })) })).toBe("signature_wrong");
  expect(await reads(server, { now: now + 60 })).toBe("expired");
  expect(await reads(deviceOf(bob, "server"))).toBe("device_refused");
  expect(await reads(deviceOf(alice, "browser"))).toBe("role_wrong");
  expect(await reads({ ...server, key: createKey("user") })).toBe("signature_wrong");
  const operators = createKey("account");
  const forged = resigned(server.jwt, operators, { nats: { issuer_account: alice.public } });
  expect(await reads({ ...server, jwt: forged })).toBe("device_refused");
});

test("a serving device answers for the account's signature where the account lets it sign", async () => {
  const sign = { purpose: "sign", owner: alice.public } as const;
  const hash = openHash(await opening({ device: deviceOf(alice, "browser", { maySign: true }), wanted: sign }));
  const reads = async (by: SessionDevice) =>
    readAnswer(await signAnswer(by, hash, { ...answered, enc: key, sealed: key }), {
      wanted: sign,
      openHash: hash,
      now,
    }).refused;
  expect(await reads(deviceOf(alice, "server", { maySign: true }))).toBeUndefined();
  expect(await reads(deviceOf(alice, "server"))).toBe("role_wrong");
  expect(await reads(deviceOf(bob, "server", { maySign: true }))).toBe("device_refused");
});

test("a session opens with the key of its opening, and with no other", async () => {
  const [mine, other] = [await createOpeningKey(), await createOpeningKey()];
  const hash = openHash(await opening({ key: mine.public }));
  const { enc, sealed } = await sealSession({ key: mine.public, hash }, new TextEncoder().encode("welcome"));

  expect(new TextDecoder().decode((await openSession(mine, hash, { enc, sealed })).welcome)).toBe("welcome");
  await expect(openSession(other, hash, { enc, sealed })).rejects.toThrow(Error);
  await expect(openSession(mine, openHash(await opening()), { enc, sealed })).rejects.toThrow(Error);
});
