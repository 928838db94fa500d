import { decode } from "@nats-io/jwt";
import { expect, test } from "vitest";
import { parseCreds, userOf } from "./creds.ts";
import { claimsOf, device, now } from "./fixtures.ts";
import { createOperator } from "./init.ts";
import { keyFromSeed } from "./key.ts";
import { newcomerUser } from "./newcomer.ts";

const made = createOperator({ issuedAt: now });
const { offline } = made;

test("the operator names two signing keys and signs with neither itself", () => {
  expect(decode(made.operatorJwt)).toMatchObject({
    iss: keyFromSeed(offline.operator).public,
    sub: keyFromSeed(offline.operator).public,
    nats: {
      signing_keys: [keyFromSeed(made.signingKey).public, keyFromSeed(offline.reserve).public],
      strict_signing_key_usage: true,
      system_account: made.systemAccount,
    },
  });
});

test("the operator's three accounts are there from the start, signed by the signing key", () => {
  const accounts = [made.systemAccount, made.platform, made.lobby.account];
  expect(Object.keys(made.preload).toSorted()).toEqual(accounts.toSorted());
  for (const [account, jwt] of Object.entries(made.preload)) {
    expect(decode(jwt)).toMatchObject({ sub: account, iss: keyFromSeed(made.signingKey).public, iat: now });
  }
});

test("each service has a user of its own in the platform's account, and the pusher one in the system account", () => {
  const { pusher, ...platform } = made.creds;
  expect(userOf(pusher).account).toBe(made.systemAccount);
  expect(new Set(Object.values(platform).map((text) => userOf(text).account))).toEqual(new Set([made.platform]));
  expect(new Set(Object.values(made.creds).map((text) => userOf(text).user)).size).toBe(Object.keys(made.creds).length);
  expect(claimsOf(parseCreds(platform.codes).jwt)["name"]).toBe("codes");
});

test("the keys to be kept offline are those of the accounts", () => {
  expect(keyFromSeed(offline.platform).public).toBe(made.platform);
  expect(keyFromSeed(offline.system).public).toBe(made.systemAccount);
  expect(keyFromSeed(offline.lobby).public).toBe(made.lobby.account);
});

test("no secret of the operator is in what everybody may know", () => {
  const known = JSON.stringify([made.operatorJwt, made.preload, made.platform, made.lobby]);
  for (const secret of [made.signingKey, ...Object.values(offline)]) expect(known).not.toContain(secret);
});

test("two installations share nothing", () => {
  const other = createOperator({ issuedAt: now });
  expect(other.platform).not.toBe(made.platform);
  expect(other.lobby).not.toEqual(made.lobby);
});

test("a newcomer's user is the newcomer's own key in the lobby, without a permission of its own", () => {
  const claims = claimsOf(newcomerUser(made.lobby, device.public, now));
  expect(claims).toMatchObject({ iss: keyFromSeed(made.lobby.seed).public, sub: device.public });
  expect(claims.nats).toEqual({ issuer_account: made.lobby.account, type: "user", version: 2 });
});
