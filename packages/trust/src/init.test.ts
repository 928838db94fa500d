import { decode } from "@nats-io/jwt";
import { platformServices, streamsServices } from "@natster/contracts/platform";
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

test("the operator's own accounts are there from the start, signed by the signing key", () => {
  const { operator: _operator, reserve: _reserve, ...accounts } = offline;
  const keys = Object.values(accounts).map((seed) => keyFromSeed(seed).public);
  expect(Object.keys(made.preload).toSorted()).toEqual(keys.toSorted());
  for (const [account, jwt] of Object.entries(made.preload)) {
    expect(decode(jwt)).toMatchObject({ sub: account, iss: keyFromSeed(made.signingKey).public, iat: now });
  }
});

test("each service answers as a user of the platform's account, and reaches the streams from an account of its own", () => {
  const { creds } = made;
  const account = (of: keyof typeof offline) => keyFromSeed(offline[of], "account").public;
  for (const name of platformServices) expect(userOf(creds[name]).account).toBe(made.platform);
  for (const name of streamsServices) expect(userOf(creds[`${name}-streams`]).account).toBe(account(name));
  expect(userOf(creds.bootstrap).account).toBe(account("streams"));
  expect(new Set(Object.values(creds).map((text) => userOf(text).user)).size).toBe(Object.keys(creds).length);
  expect(claimsOf(parseCreds(creds.codes).jwt)["name"]).toBe("codes");
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
