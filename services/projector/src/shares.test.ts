import { CatalogName } from "@natster/contracts";
import { shareEvents } from "@natster/contracts/catalog";
import { happened, rowsAfter } from "@natster/micro/given";
import { expect, test } from "vitest";
import { alice, bob } from "./people.fixture.ts";
import { shares } from "@natster/contracts/read-models";

const id = { owner: alice, catalog: CatalogName.parse("photos"), recipient: bob };
const keys = [`out.${alice}.photos.${bob}`, `in.${bob}.${alice}.photos`] as const;
const since = "2026-03-01T10:00:00.000Z";
const later = "2026-03-02T10:00:00.000Z";
const expires = "2026-05-01T00:00:00.000Z";
const shared = happened(shareEvents, id, { type: "shared", data: { grant: "a.b.c", issuedAt: 1 }, time: since });
const imported = happened(shareEvents, id, { type: "imported", data: {}, time: later });
const both = (row: object, grant = "a.b.c") => ({ [keys[0]]: row, [keys[1]]: { ...row, grant } });

test("a share is one row for its owner and one for its recipient, who gets the grant with it", () => {
  expect(rowsAfter(shares, shared)).toEqual(both({ ...id, state: "offered", since, offered: 1 }));
});

test("a share that is accepted says since when", () => {
  expect(rowsAfter(shares, shared, imported)).toEqual(both({ ...id, state: "imported", since: later, offered: 1 }));
});

test("a share that is renewed stays what it was, with its new end", () => {
  const renewed = happened(shareEvents, id, { type: "shared", data: { grant: "a.b.d", issuedAt: 2, expires } });
  expect(rowsAfter(shares, shared, imported, renewed)).toEqual(
    both({ ...id, state: "imported", since: later, expires, offered: 3 }, "a.b.d"),
  );
});

test.for([
  ["unshared", { reason: "owner" }],
  ["declined", {}],
  ["dropped", {}],
] as const)("a share that is %s is gone for both", ([type, data]) => {
  const ended = happened(shareEvents, id, { type, data } as never);
  expect(rowsAfter(shares, shared, imported, ended)).toEqual({});
});

test("what was never offered cannot be accepted", () => {
  expect(rowsAfter(shares, imported)).toEqual({});
});
