import { given } from "@natster/micro/given";
import { describe, expect, test } from "vitest";
import {
  admitsEverybody,
  admitGrant,
  catalog,
  type CatalogState,
  createCatalog,
  describeCatalog,
  expirePublication,
  publishCatalog,
  retireCatalog,
  unpublishCatalog,
} from "./catalog.ts";

const created = { type: "created", data: { description: "summer" } } as const;
const described = { type: "described", data: { description: "winter" } } as const;
const retired = { type: "retired", data: { reason: "owner" } } as const;
/** Records nothing, where a grant of this second stands. */
const admits = (issuedAt: number) => (state: CatalogState) => {
  admitGrant(state, issuedAt);
  return [];
};
/** The second in which these tests happen. */
const now = Date.UTC(2026, 0, 1) / 1000;

describe("a catalog", () => {
  test("is made once", () => {
    expect(given(catalog).when(createCatalog("summer"))).toEqual({ recorded: [created] });
    expect(given(catalog).when(createCatalog(undefined))).toEqual({ recorded: [{ type: "created", data: {} }] });
    expect(given(catalog, created).when(createCatalog("summer"))).toEqual({ refused: "catalog_exists" });
  });

  test("that was retired can be made anew", () => {
    expect(given(catalog, created, retired).when(createCatalog("summer"))).toEqual({ recorded: [created] });
  });

  test("is described where that says something new", () => {
    expect(given(catalog, created).when(describeCatalog("winter"))).toEqual({ recorded: [described] });
    expect(given(catalog, created, described).when(describeCatalog("winter"))).toEqual({ recorded: [] });
  });

  test("is retired once", () => {
    expect(given(catalog, created).when(retireCatalog("owner"))).toEqual({ recorded: [retired] });
    expect(given(catalog, created, retired).when(retireCatalog("owner"))).toEqual({ refused: "catalog_unknown" });
  });

  test("that is not there can be neither described, retired nor shared", () => {
    for (const past of [[], [created, retired]] as const)
      for (const decide of [describeCatalog("winter"), retireCatalog("closed"), admits(now + 60)])
        expect(given(catalog, ...past).when(decide)).toEqual({ refused: "catalog_unknown" });
  });
});

describe("a grant", () => {
  test("stands on the catalog being there, and nothing is recorded of that", () => {
    expect(given(catalog, created).when(admits(now))).toEqual({ recorded: [] });
  });

  test("of a catalog that was given up opens no other of its name", () => {
    expect(given(catalog, created, retired, created).when(admits(now))).toEqual({ refused: "grant_outdated" });
    expect(given(catalog, created, retired, created).when(admits(now + 1))).toEqual({ recorded: [] });
  });
});

describe("a publication", () => {
  const data = { statement: "a.b.c", from: now };
  const published = { type: "published", data } as const;
  const unpublished = { type: "unpublished", data: { reason: "owner" } } as const;

  test("lets everybody import the catalog until it is taken back", () => {
    expect(given(catalog, created).when(publishCatalog(data))).toEqual({ recorded: [published] });
    expect(given(catalog, created, published).when(publishCatalog(data))).toEqual({ recorded: [] });
    expect(given(catalog, created, published).when(admitsEverybody)).toEqual({ recorded: [] });
    expect(given(catalog, created, published).when(unpublishCatalog)).toEqual({ recorded: [unpublished] });
    expect(given(catalog, created, published, unpublished).when(admitsEverybody)).toEqual({ refused: "share_unknown" });
  });

  test("that was taken back, or was of a catalog that was given up, is void for good", () => {
    for (const past of [[unpublished], [retired, created]] as const) {
      const then = given(catalog, created, published, ...past);
      expect(then.when(publishCatalog(data))).toEqual({ refused: "statement_outdated" });
      expect(then.when(publishCatalog({ ...data, from: now + 5 }))).toHaveProperty("recorded");
      expect(then.when(admitsEverybody)).toEqual({ refused: "share_unknown" });
    }
  });

  test("ends at its time and not before, and only where no other took its place", () => {
    const until = new Date((now + 60) * 1_000).toISOString();
    const forAWhile = { type: "published", data: { ...data, until } } as const;
    const expired = { type: "unpublished", data: { reason: "expired" } };
    const then = given(catalog, created, forAWhile);
    expect(then.when(expirePublication((now + 60) * 1_000))).toEqual({ recorded: [expired] });
    expect(then.when(expirePublication((now + 59) * 1_000))).toEqual({ recorded: [] });
    const forEver = { type: "published", data: { statement: "d.e.f", from: now + 1 } } as const;
    expect(given(catalog, created, forAWhile, forEver).when(expirePublication(Infinity))).toEqual({ recorded: [] });
  });

  test("is of a catalog that is there, and taken back only where it stands", () => {
    expect(given(catalog).when(publishCatalog(data))).toEqual({ refused: "catalog_unknown" });
    expect(given(catalog).when(unpublishCatalog)).toEqual({ refused: "catalog_unknown" });
    expect(given(catalog, created).when(unpublishCatalog)).toEqual({ refused: "not_published" });
  });
});
