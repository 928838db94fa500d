import { createUser, decode, encodeActivation, encodeUser, fromSeed } from "@nats-io/jwt";
import { base64urlnopad } from "@scure/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { alice, bob, claimsOf, device, now, resigned, signText } from "./fixtures.ts";
import { encodeJwt, readJwt } from "./jwt.ts";
import { createKey } from "./key.ts";

const claims = { iat: now, name: "x", sub: device.public, nats: { type: "user", version: 2 } } as const;
const jwt = encodeJwt(claims, alice);

test("the same claims and signer make the same JWT, byte for byte", () => {
  expect(encodeJwt({ ...claims, nats: { ...claims.nats } }, alice)).toBe(jwt);
  expect(encodeJwt({ ...claims, iat: now + 1 }, alice)).not.toBe(jwt);
  expect(claimsOf(encodeJwt({ ...claims, iat: now + 1 }, alice))["jti"]).not.toBe(claimsOf(jwt)["jti"]);
});

test("what was signed is what is read, whatever the words", () => {
  const words = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(words, fc.array(words), fc.nat(), (name, tags, exp) => {
      const said = { ...claims, exp, name, nats: { ...claims.nats, tags } };
      expect(readJwt(encodeJwt(said, alice))).toEqual({ ...said, iss: alice.public, jti: expect.any(String) });
    }),
    { numRuns: 50 },
  );
});

test("NATS's own library reads ours", () => {
  for (const signer of [createKey("operator"), alice]) {
    const signed = encodeJwt(claims, signer);
    expect(decode(signed)).toEqual({ ...claims, iss: signer.public, jti: claimsOf(signed)["jti"] });
  }
});

test("ours reads what NATS's own library writes", async () => {
  const account = fromSeed(new TextEncoder().encode(alice.seed()));
  const user = createUser();
  const written = await encodeUser("phone", user, account, { tags: ["role:owner"] }, { exp: now });
  expect(readJwt(written)).toMatchObject({ name: "phone", iss: alice.public, sub: user.getPublicKey(), exp: now });
  const activation = await encodeActivation("photos", bob.public, account, "service", { subject: "files.photos.>" });
  expect(readJwt(activation)).toMatchObject({ sub: bob.public, nats: { type: "activation", kind: "service" } });
});

test("a JWT whose signature is another's, or for other claims, is refused", () => {
  expect(readJwt(jwt)).toMatchObject(claims);
  const [head, body, tail] = jwt.split(".");
  const [, otherBody, otherTail] = encodeJwt({ ...claims, name: "y" }, alice).split(".");
  expect(readJwt(`${head}.${otherBody}.${tail}`)).toEqual({ refused: "signature_wrong" });
  expect(readJwt(`${head}.${body}.${otherTail}`)).toEqual({ refused: "signature_wrong" });
  expect(readJwt(resigned(jwt, bob, { iss: alice.public }))).toEqual({ refused: "signature_wrong" });
  expect(readJwt(resigned(jwt, bob, {}))).toMatchObject({ iss: bob.public });
});

test("a JWT changed in any one character is refused", () => {
  fc.assert(
    fc.property(fc.nat(jwt.length - 1), fc.constantFrom("A", "a", "0", "-", "_", ".", "=", " "), (at, character) => {
      fc.pre(jwt[at] !== character);
      expect(readJwt(jwt.slice(0, at) + character + jwt.slice(at + 1))).toHaveProperty("refused");
    }),
  );
});

test("what is no JWT of version 2 is malformed", () => {
  const body = JSON.stringify(claimsOf(jwt));
  expect(readJwt(signText(body, alice))).toMatchObject(claims);
  const strange = [
    "",
    "a.b",
    `${jwt}.x`,
    `${jwt}=`,
    signText(body, alice, `{"typ":"JWT","alg":"ed25519"}`),
    signText(body, alice, `{"typ":"JWT","alg":"none"}`),
    signText("[]", alice),
    signText("null", alice),
    resigned(jwt, alice, { nats: { version: 1 } }),
    resigned(jwt, alice, { iat: "now" }),
    resigned(jwt, alice, { exp: 1.5 }),
    resigned(jwt, alice, { exp: -1 }),
    resigned(jwt, alice, { iss: "N" }),
    resigned(jwt, alice, { refused: "nothing" }),
  ];
  for (const text of strange) expect(readJwt(text)).toEqual({ refused: "malformed" });
});

test("a JWT that could be read in two ways is malformed", () => {
  const body = JSON.stringify(claimsOf(jwt));
  const twice = [
    body.replace("{", `{"sub":"${bob.public}",`),
    body.replace(`"nats":{`, `"nats":{"type":"operator",`),
    body.replace(`"nats":`, `"nats":{"issuer_account":"${bob.public}"},"nats":`),
    body.replace("{", "{ "),
    body.replace("user", "\\u0075ser"),
    `\ufeff${body}`,
    // nats-server reads names without regard to case.
    body.replace("{", `{"SUB":"${bob.public}",`),
  ];
  for (const text of twice) expect(readJwt(signText(text, alice))).toEqual({ refused: "malformed" });
});

test("a JWT longer than nats-server reads is malformed, and one that is nearly as long is read", () => {
  const long = (length: number) => encodeJwt({ ...claims, name: "x".repeat(length) }, alice);
  expect(readJwt(long(700_000))).toHaveProperty("name");
  expect(readJwt(long(800_000))).toEqual({ refused: "malformed" });
});

test("a part that is not the one base64url of its bytes is malformed", () => {
  const [head, body, tail = ""] = jwt.split(".");
  // The last character of 64 bytes carries four bits that mean nothing.
  const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".indexOf(tail.slice(-1));
  expect(last % 16).toBe(0);
  const other = base64urlnopad.encode(Uint8Array.of((last + 1) << 2)).slice(0, 1);
  expect(readJwt(`${head}.${body}.${tail.slice(0, -1)}${other}`)).toEqual({ refused: "malformed" });
});
