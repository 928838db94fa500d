import { CodeId, Jwt } from "@natster/contracts";
import { decode } from "@nats-io/jwt";
import { expect, test } from "vitest";
import { alice, bob, code, device, kim, now, resigned } from "./fixtures.ts";
import { readRegistration, signRegistration } from "./registration.ts";

const registration = signRegistration(alice, { handle: kim, code }, now);
const facts = { account: alice.public, handle: kim, code };

test("a registration says which account asks, for which handle, with which code", () => {
  expect(readRegistration(registration, { now })).toEqual(facts);
  expect(readRegistration(registration, { now, code })).toEqual(facts);
  expect(readRegistration(signRegistration(alice, {}, now), { now })).toEqual({ account: alice.public });
  expect(Jwt.safeParse(registration).success).toBe(true);
  expect(decode(registration)).toMatchObject({
    iss: alice.public,
    sub: alice.public,
    nats: { type: "natster/registration" },
  });
});

test("nobody registers an account without its key", () => {
  expect(readRegistration(resigned(registration, bob, {}), { now })).toEqual({ refused: "issuer_other" });
  expect(readRegistration(resigned(registration, bob, { iss: alice.public }), { now })).toEqual({
    refused: "signature_wrong",
  });
  expect(readRegistration(resigned(registration, bob, { sub: bob.public }), { now })).toMatchObject({
    account: bob.public,
  });
});

test("a registration counts for the code that it names, and for no other", () => {
  const other = CodeId.parse("E7KQ2M4T");
  expect(readRegistration(registration, { now, code: other })).toEqual({ refused: "code_other" });
  expect(readRegistration(signRegistration(alice, {}, now), { now, code })).toEqual({ refused: "code_other" });
});

test("a registration counts for five minutes, on clocks that differ by as much", () => {
  expect(readRegistration(registration, { now: now + 300 })).toEqual(facts);
  expect(readRegistration(registration, { now: now + 301 })).toEqual({ refused: "too_old" });
  expect(readRegistration(registration, { now: now - 300 })).toEqual(facts);
  expect(readRegistration(registration, { now: now - 301 })).toEqual({ refused: "dated_in_future" });
  expect(readRegistration(registration, { now: now + 11, maxAge: 10 })).toEqual({ refused: "too_old" });
});

test("a registration that stands in the event log counts at any time", () => {
  expect(readRegistration(registration, { now: "recorded", code })).toEqual(facts);
});

test("what is no registration is refused", () => {
  for (const change of [
    { nats: { type: "account" } },
    { nats: { handle: "Not A Handle" } },
    { nats: { code: "nope" } },
    { nats: { extra: true } },
    { sub: device.public },
  ]) {
    expect(readRegistration(resigned(registration, alice, change), { now })).toEqual({ refused: "not_a_registration" });
  }
  expect(readRegistration("no", { now })).toEqual({ refused: "malformed" });
});
