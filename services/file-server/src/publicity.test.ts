import { CatalogName } from "@natster/contracts";
import { createKey, signPublication } from "@natster/trust";
import { expect, test } from "vitest";
import { Publicity } from "./publicity.ts";

const owner = createKey("account");
const catalog = CatalogName.parse("photos");
const statement = signPublication(owner, { catalog, from: 100, until: 200 });
const aPublicity = () => new Publicity(owner.public, catalog);

test("a statement holds from its first second until its last, and no longer than it is said", () => {
  const publicity = aPublicity();
  expect(publicity.publication(100)).toBeUndefined();
  publicity.hear({ statement });
  expect([99, 100, 199, 200].map((now) => publicity.publication(now)?.until)).toEqual([undefined, 200, 200, undefined]);
  publicity.hear({});
  expect(publicity.publication(100)).toBeUndefined();
});

test("a statement that was void stays void, whatever is said of it later", () => {
  const publicity = aPublicity();
  publicity.hear({ statement, voidUntil: 100 });
  expect(publicity.publication(150)).toBeUndefined();
  for (const voidUntil of [99, undefined]) {
    publicity.hear({ statement, ...(voidUntil !== undefined && { voidUntil }) });
    expect(publicity.publication(150)).toBeUndefined();
  }
});
