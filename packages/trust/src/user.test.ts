import { decode } from "@nats-io/jwt";
import { expect, test } from "vitest";
import { alice, bob, claimsOf, device, now, resigned } from "./fixtures.ts";
import { createKey } from "./key.ts";
import { newcomerUser } from "./newcomer.ts";
import { readUser, userJwt } from "./user.ts";

const request = { user: device.public, name: "phone", role: "browser", issuedAt: now } as const;
const jwt = userJwt(alice, request);
const facts = {
  account: alice.public,
  user: device.public,
  name: "phone",
  role: "browser",
  maySign: false,
  issuedAt: now,
};
const check = { account: alice.public, now };

test.each(["owner", "browser", "server"] as const)("a device that its account made %s is read as one", (role) => {
  expect(readUser(userJwt(alice, { ...request, role }), check)).toEqual({ ...facts, role });
});

test("a device says whether it may sign, and until when it is one", () => {
  const marked = userJwt(alice, { ...request, maySign: true, expires: now + 60, tags: ["model:tablet"] });
  expect(readUser(marked, check)).toEqual({ ...facts, maySign: true, expires: now + 60 });
  expect(decode(marked)).toMatchObject({ nats: { tags: ["role:browser", "may:sign", "model:tablet"] } });
});

test("a device JWT leaves nothing at zero, since zero is none", () => {
  expect(claimsOf(jwt).nats).toMatchObject({ subs: -1, data: -1, payload: -1 });
});

test("whoever is allowed nothing is denied everything, since an empty list allows it all to nats-server", () => {
  const permissions = { pub: { allow: [] }, sub: { allow: ["a"] } };
  const made = userJwt(alice, { user: device.public, name: "mute", issuedAt: now, permissions });
  expect(claimsOf(made).nats).toMatchObject({ pub: { deny: [">"] }, sub: { allow: ["a"] } });
});

test("a device of another account is refused", () => {
  expect(readUser(userJwt(bob, request), { account: bob.public, now })).toMatchObject({ account: bob.public });
  expect(readUser(userJwt(bob, request), check)).toEqual({ refused: "issuer_other" });
});

test("a signing key proves nothing, whatever it says of whom it signs for", () => {
  const signing = createKey("account");
  const indirect = newcomerUser({ account: alice.public, seed: signing.seed() }, device.public, now);
  expect(readUser(indirect, check)).toEqual({ refused: "issuer_indirect" });
  expect(readUser(indirect, { account: signing.public, now })).toEqual({ refused: "issuer_indirect" });
  for (const name of ["issuer_account", "Issuer_Account"]) {
    const said = resigned(jwt, alice, { nats: { [name]: alice.public } });
    expect(readUser(said, check)).toEqual({ refused: "issuer_indirect" });
  }
});

test("what is no user JWT, or for no user key, is refused", () => {
  expect(readUser(resigned(jwt, alice, {}), check)).toEqual(facts);
  expect(readUser(resigned(jwt, alice, { nats: { type: "activation" } }), check)).toEqual({ refused: "not_a_user" });
  expect(readUser(resigned(jwt, alice, { sub: bob.public }), check)).toEqual({ refused: "subject_invalid" });
  expect(readUser(resigned(jwt, bob, { iss: alice.public }), check)).toEqual({ refused: "signature_wrong" });
  expect(readUser("no", check)).toEqual({ refused: "malformed" });
});

test("a device is one until the second in which it expires, and from the one in which it begins", () => {
  const until = userJwt(alice, { ...request, expires: now + 10 });
  expect(readUser(until, { ...check, now: now + 9 })).toHaveProperty("role");
  expect(readUser(until, { ...check, now: now + 10 })).toEqual({ refused: "expired" });
  const from = resigned(jwt, alice, { nbf: now + 10 });
  expect(readUser(from, { ...check, now: now + 10 })).toHaveProperty("role");
  expect(readUser(from, { ...check, now: now + 9 })).toEqual({ refused: "not_yet_valid" });
});

test("a user without exactly one known role is no device", () => {
  const withTags = (tags: unknown) => readUser(resigned(jwt, alice, { nats: { tags } }), check);
  expect(withTags(["role:server"])).toMatchObject({ role: "server" });
  for (const tags of [[], ["role:"], ["role:king"], ["role:server", "role:owner"]]) {
    expect(withTags(tags)).toEqual({ refused: "role_missing" });
  }
  expect(withTags("role:owner")).toEqual({ refused: "not_a_user" });
  const service = {
    user: device.public,
    name: "codes",
    issuedAt: now,
    permissions: { pub: { allow: [] }, sub: { allow: [] } },
  };
  expect(readUser(userJwt(alice, service), check)).toEqual({ refused: "role_missing" });
});
