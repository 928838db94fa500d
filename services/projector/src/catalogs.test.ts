import { CatalogName } from "@natster/contracts";
import { catalogEvents } from "@natster/contracts/catalog";
import { happened, rowsAfter } from "@natster/micro/given";
import { expect, test } from "vitest";
import { catalogs } from "@natster/contracts/read-models";
import { alice } from "./people.fixture.ts";

const id = { owner: alice, catalog: CatalogName.parse("photos") };
const since = "2026-03-01T10:00:00.000Z";
const created = happened(catalogEvents, id, { type: "created", data: {}, time: since });
const described = happened(catalogEvents, id, { type: "described", data: { description: "summer" } });
const retired = happened(catalogEvents, id, { type: "retired", data: { reason: "owner" } });
const row = `${alice}.photos`;

test("a catalog is one row, as it describes itself, since it was made", () => {
  expect(rowsAfter(catalogs, created)).toEqual({ [row]: { ...id, since, created: 1 } });
  expect(rowsAfter(catalogs, created, described)).toEqual({
    [row]: { ...id, since, created: 1, description: "summer" },
  });
});

test("a catalog that was retired is gone, and made anew begins anew", () => {
  expect(rowsAfter(catalogs, created, described, retired)).toEqual({});
  const later = "2026-04-01T10:00:00.000Z";
  const again = happened(catalogEvents, id, { type: "created", data: {}, time: later });
  expect(rowsAfter(catalogs, created, described, retired, again)).toEqual({
    [row]: { ...id, since: later, created: 4 },
  });
});

test("a catalog that is public shows its owner's statement, and once withdrawn until when statements are void", () => {
  const statement = "a.b.c";
  const published = happened(catalogEvents, id, { type: "published", data: { statement, from: 7 }, time: since });
  const unpublished = happened(catalogEvents, id, { type: "unpublished", data: { reason: "owner" }, time: since });
  expect(rowsAfter(catalogs, created, published)).toEqual({
    [row]: { ...id, since, created: 1, published: { statement, since } },
  });
  const statementsVoidUntil = Date.parse(since) / 1000;
  expect(rowsAfter(catalogs, created, published, unpublished)).toEqual({
    [row]: { ...id, since, created: 1, statementsVoidUntil },
  });
  expect(rowsAfter(catalogs, created, published, retired)).toEqual({});
});
