import { decode } from "@nats-io/jwt";
import { expect, test } from "vitest";
import { alice, bob, device, music, now, photos, resigned } from "./fixtures.ts";
import { readGrant, signGrant } from "./grant.ts";
import { createKey } from "./key.ts";

const grant = signGrant(alice, { recipient: bob.public, catalog: photos, issuedAt: now });
const check = { owner: alice.public, catalog: photos, now };
const facts = { recipient: bob.public, issuedAt: now };

test("a grant says who may read the catalog, since when and until when", () => {
  expect(readGrant(grant, check)).toEqual(facts);
  const ending = signGrant(alice, { recipient: bob.public, catalog: photos, issuedAt: now, expires: now + 60 });
  expect(readGrant(ending, check)).toEqual({ ...facts, expires: now + 60 });
});

test("a grant is an activation token as NATS's own library writes one", () => {
  expect(decode(grant)).toMatchObject({
    aud: "NATS",
    iat: now,
    iss: alice.public,
    sub: bob.public,
    name: "photos",
    nats: { type: "activation", version: 2, kind: "service", subject: "files.photos.>" },
  });
  expect(grant.length).toBeLessThan(900);
});

test("nobody but the owner grants", () => {
  const byBob = signGrant(bob, { recipient: createKey("account").public, catalog: photos, issuedAt: now });
  expect(readGrant(byBob, check)).toEqual({ refused: "issuer_other" });
  expect(readGrant(grant, { ...check, owner: bob.public })).toEqual({ refused: "issuer_other" });
  expect(readGrant(resigned(grant, bob, { iss: alice.public }), check)).toEqual({ refused: "signature_wrong" });
  expect(readGrant("no.grant.here", check)).toEqual({ refused: "malformed" });
});

test("a signing key of the owner's account grants nothing, nor does the owner in that form", () => {
  const indirect = { nats: { issuer_account: alice.public } };
  expect(readGrant(resigned(grant, createKey("account"), indirect), check)).toEqual({ refused: "issuer_indirect" });
  expect(readGrant(resigned(grant, alice, indirect), check)).toEqual({ refused: "issuer_indirect" });
  expect(readGrant(resigned(grant, alice, { nats: { issuer_account: "" } }), check)).toEqual({
    refused: "issuer_indirect",
  });
  expect(readGrant(resigned(grant, alice, {}), check)).toEqual(facts);
});

test("a grant is for one catalog, whole", () => {
  expect(readGrant(grant, { ...check, catalog: music })).toEqual({ refused: "catalog_other" });
  for (const subject of [">", "files.>", "files.*.>", "files.photos.*", "files.photos.open", "files.photos", ""]) {
    expect(readGrant(resigned(grant, alice, { nats: { subject } }), check)).toEqual({ refused: "catalog_other" });
  }
});

test("a grant is for another account", () => {
  const to = (sub: string) => readGrant(resigned(grant, alice, { sub }), check);
  expect(to(bob.public)).toEqual(facts);
  expect(to(alice.public)).toEqual({ refused: "recipient_self" });
  for (const sub of [device.public, "*", "", bob.public.replace(/.$/, (last) => (last === "A" ? "B" : "A"))]) {
    expect(to(sub)).toEqual({ refused: "recipient_invalid" });
  }
});

test("a grant holds until the second in which it expires", () => {
  const ending = signGrant(alice, { recipient: bob.public, catalog: photos, issuedAt: now, expires: now + 10 });
  expect(readGrant(ending, { ...check, now: now + 9 })).toHaveProperty("recipient");
  expect(readGrant(ending, { ...check, now: now + 10 })).toEqual({ refused: "expired" });
});

test("a grant dated in the future is refused, since a revocation would not cover it", () => {
  expect(readGrant(grant, { ...check, now: now - 1 })).toEqual({ refused: "dated_in_future" });
  expect(readGrant(resigned(grant, alice, { nbf: now }), check)).toEqual(facts);
  expect(readGrant(resigned(grant, alice, { nbf: now + 1 }), check)).toEqual({ refused: "dated_in_future" });
});

test("what is no grant, or could be another one to nats-server, is refused", () => {
  for (const nats of [
    { kind: "stream" },
    { kind: undefined },
    { type: "user" },
    { subject: 1 },
    { Subject: "files.>" },
    { anything: true },
  ]) {
    expect(readGrant(resigned(grant, alice, { nats }), check)).toEqual({ refused: "not_a_grant" });
  }
});

test("a grant is short: its recipient's JWT has to hold hundreds of them", () => {
  expect(readGrant(resigned(grant, alice, { name: "x".repeat(500) }), check)).toEqual(facts);
  expect(readGrant(resigned(grant, alice, { name: "x".repeat(1500) }), check)).toEqual({ refused: "too_long" });
});
