import { expect, test } from "vitest";
import { alice, bob, now, photos, resigned } from "./fixtures.ts";
import { createKey } from "./key.ts";
import { signPublication } from "./publication.ts";
import { readRevocation, signRevocation } from "./revocation.ts";

const owner = { owner: alice.public };
const share = { to: bob.public, catalog: photos, until: now };
const device = { to: createKey("user").public, until: now };

test("what an owner took back from an account, or from a device of its own, is read as it was signed", () => {
  expect(readRevocation(signRevocation(alice, share), owner)).toEqual(share);
  expect(readRevocation(signRevocation(alice, device), owner)).toEqual(device);
});

test("nobody else takes anything back", () => {
  expect(readRevocation(signRevocation(bob, share), owner)).toEqual({ refused: "issuer_other" });
  const token = signRevocation(alice, share);
  const signingKey = createKey("account");
  const named = resigned(token, signingKey, { nats: { issuer_account: alice.public } });
  expect(readRevocation(named, owner)).toEqual({ refused: "not_a_revocation" });
  expect(readRevocation(resigned(token, signingKey, {}), owner)).toEqual({ refused: "issuer_other" });
});

test("what says something else is no revocation, by name", () => {
  const refused = { refused: "not_a_revocation" };
  expect(readRevocation(signPublication(alice, { catalog: photos, from: now }), owner)).toEqual(refused);
  expect(readRevocation(signRevocation(alice, { ...share, catalog: undefined } as never), owner)).toEqual(refused);
  expect(readRevocation(signRevocation(alice, { ...device, catalog: photos } as never), owner)).toEqual(refused);
  expect(readRevocation("", owner)).toHaveProperty("refused");
});
