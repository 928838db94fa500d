import { expect, test } from "vitest";
import { alice, bob, now, resigned } from "./fixtures.ts";
import { createKey, type Key } from "./key.ts";
import { readRenewal, signRenewal } from "./renewal.ts";
import type { SessionDevice } from "./session-open.ts";
import { userJwt } from "./user.ts";

function deviceOf(account: Key<"account">, expires = now + 60): SessionDevice {
  const key = createKey("user");
  return { key, jwt: userJwt(account, { user: key.public, name: "phone", role: "browser", issuedAt: now, expires }) };
}
const phone = deviceOf(alice);
const read = async (device: SessionDevice, at = now) =>
  readRenewal(await signRenewal(device, at), { account: alice.public, now });

test("a device of the account that has its key asks for another JWT", async () => {
  expect(await read(phone)).toMatchObject({ device: { account: alice.public, name: "phone" }, jwt: phone.jwt });
});

test("nobody asks with a key, an account, a time or a signing key that is not the device's", async () => {
  expect(await read({ ...phone, key: createKey("user") })).toEqual({ refused: "signature_wrong" });
  expect(await read(deviceOf(bob))).toEqual({ refused: "device_refused", why: "issuer_other" });
  expect(await read(deviceOf(alice, now))).toEqual({ refused: "device_refused", why: "expired" });
  expect(await read(phone, now - 301)).toEqual({ refused: "clock_differs" });
  const operators = createKey("account");
  const forged = resigned(phone.jwt, operators, { nats: { issuer_account: alice.public } });
  expect(await read({ ...phone, jwt: forged })).toEqual({ refused: "device_refused", why: "issuer_indirect" });
});

test("a text that was changed, or is no renewal, is refused by name", async () => {
  const signed = await signRenewal(phone, now);
  const check = { account: alice.public, now };
  expect(readRenewal({ ...signed, text: signed.text.replace(`${now}`, `${now + 1}`) }, check)).toEqual({
    refused: "signature_wrong",
  });
  for (const text of ["", "{}", "[]", JSON.stringify({ ...JSON.parse(signed.text), version: 2 })]) {
    expect(readRenewal({ ...signed, text }, check)).toEqual({ refused: "malformed" });
  }
});
