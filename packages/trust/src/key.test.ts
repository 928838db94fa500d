import { format, inspect } from "node:util";
import { fromSeed as nkeyFromSeed, fromPublic } from "@nats-io/nkeys";
import { hex } from "@scure/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as inBrowser from "./ed25519.browser.ts";
import * as inNode from "./ed25519.node.ts";
import { alice, bob } from "./fixtures.ts";
import { createKey, keyFromSeed, kindOf, verify } from "./key.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const kinds = ["operator", "account", "user"] as const;

/** RFC 8032, section 7.1: seed, public key, message, signature. */
const vectors = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const;

describe.each([
  ["in Node", inNode],
  ["in a browser", inBrowser],
])("Ed25519 %s", (_, ed25519) => {
  test.each(vectors)("signs as RFC 8032 says: %s", (seed, publicKey, message, signature) => {
    const key = ed25519.fromSeed(hex.decode(seed));
    expect(hex.encode(key.publicKey)).toBe(publicKey);
    expect(hex.encode(key.sign(hex.decode(message)))).toBe(signature);
    expect(ed25519.verify(key.publicKey, hex.decode(message), hex.decode(signature))).toBe(true);
  });

  test("a signature holds for no other message, key or length", () => {
    const [key, other] = [1, 2].map((byte) => ed25519.fromSeed(new Uint8Array(32).fill(byte)));
    const signature = key?.sign(bytes("yes")) ?? new Uint8Array();
    const publicKey = key?.publicKey ?? new Uint8Array();
    expect(ed25519.verify(publicKey, bytes("yes"), signature)).toBe(true);
    expect(ed25519.verify(publicKey, bytes("no"), signature)).toBe(false);
    expect(ed25519.verify(other?.publicKey ?? publicKey, bytes("yes"), signature)).toBe(false);
    expect(ed25519.verify(publicKey, bytes("yes"), signature.slice(1))).toBe(false);
  });
});

test("Node and browsers make the same keys and the same signatures", () => {
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(seeds, fc.uint8Array({ maxLength: 300 }), (seed, message) => {
      const [here, there] = [inNode.fromSeed(seed), inBrowser.fromSeed(seed)];
      expect(there.publicKey).toEqual(here.publicKey);
      expect(there.sign(message)).toEqual(here.sign(message));
    }),
    { numRuns: 30 },
  );
});

describe.each(kinds)("the key of an %s", (kind) => {
  const key = createKey(kind);

  test("comes back from its seed", () => {
    expect(keyFromSeed(key.seed(), kind)).toMatchObject({ kind, public: key.public });
    expect(keyFromSeed(`${key.seed()}\n`).public).toBe(key.public);
    expect(kindOf(key.public)).toBe(kind);
  });

  test("is the same key to NATS's own library, and both accept each other's signatures", () => {
    const nkey = nkeyFromSeed(bytes(key.seed()));
    expect(nkey.getPublicKey()).toBe(key.public);
    expect(fromPublic(key.public).verify(bytes("hello"), key.sign(bytes("hello")))).toBe(true);
    expect(verify(key.public, bytes("hello"), nkey.sign(bytes("hello")))).toBe(true);
  });

  test("prints as its public key, in logs and in JSON", () => {
    for (const printed of [inspect(key), inspect({ key }, { depth: 9 }), JSON.stringify({ key }), format("%s", key)]) {
      expect(printed).toContain(key.public);
      expect(printed).not.toContain(key.seed());
    }
    expect(Object.values(key)).toEqual([kind, key.public]);
  });
});

test("a seed of another kind, a public key or a mistyped seed is refused, and not repeated in the message", () => {
  expect(() => keyFromSeed(alice.seed(), "user")).toThrow("the seed of account, not of user");
  const mistyped = alice.seed().replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  for (const text of [mistyped, alice.public, "", "SU"]) {
    expect(() => keyFromSeed(text)).toThrow(/^not a seed: malformed or mistyped$/);
  }
});

test("a signature holds for the key that made it and for no other, and for no key that is malformed", () => {
  const signature = alice.sign(bytes("yes"));
  expect(verify(alice.public, bytes("yes"), signature)).toBe(true);
  expect(verify(bob.public, bytes("yes"), signature)).toBe(false);
  expect(verify(alice.public, bytes("yes"), signature.slice(1))).toBe(false);
  for (const text of [
    "",
    "A",
    `X${alice.public.slice(1)}`,
    `U${alice.public.slice(1)}`,
    `${alice.public}A`,
    "__proto__",
  ]) {
    expect(verify(text, bytes("yes"), signature)).toBe(false);
  }
});
