import { expect, test } from "vitest";
import { alice, bob, music, now, photos, resigned } from "./fixtures.ts";
import { signGrant } from "./grant.ts";
import { readPublication, signPublication } from "./publication.ts";

const statement = signPublication(alice, { catalog: photos, from: now, until: now + 60 });
const check = { owner: alice.public, catalog: photos, now };

test("what an owner's key says of a catalog is read as it was said", () => {
  expect(readPublication(statement, check)).toEqual({ catalog: photos, from: now, until: now + 60 });
  const forEver = signPublication(alice, { catalog: photos, from: now });
  expect(readPublication(forEver, { ...check, now: now + 10 ** 9 })).toEqual({ catalog: photos, from: now });
});

test("a catalog is public only by its owner's word, for itself, and while that holds", () => {
  const refusals = [
    [statement, { ...check, owner: bob.public }, "issuer_other"],
    [statement, { ...check, catalog: music }, "catalog_other"],
    [statement, { ...check, now: now + 60 }, "expired"],
    [statement, { ...check, now: now - 1 }, "dated_in_future"],
    [statement, { ...check, voidUntil: now }, "expired"],
    [resigned(statement, bob, {}), check, "issuer_other"],
    [resigned(statement, bob, { sub: bob.public }), check, "issuer_other"],
    [resigned(statement, alice, { nats: { catalog: "x", Catalog: "photos" } }), check, "not_a_publication"],
    [signGrant(alice, { recipient: bob.public, catalog: photos, issuedAt: now }), check, "not_a_publication"],
    [`${statement}x`, check, "malformed"],
  ] as const;
  for (const [text, how, reason] of refusals) expect(readPublication(text, how)).toEqual({ refused: reason });
  expect(readPublication(statement, { ...check, voidUntil: now - 1 })).not.toHaveProperty("refused");
});
