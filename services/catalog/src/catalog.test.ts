import { given } from "@natster/micro/given";
import { describe, expect, test } from "vitest";
import { admitsGrant, catalog, createCatalog, describeCatalog, retireCatalog } from "./catalog.ts";

const created = { type: "created", data: { description: "summer" } } as const;
const described = { type: "described", data: { description: "winter" } } as const;
const retired = { type: "retired", data: { reason: "owner" } } as const;
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
      for (const decide of [describeCatalog("winter"), retireCatalog("closed"), admitsGrant(now + 60)])
        expect(given(catalog, ...past).when(decide)).toEqual({ refused: "catalog_unknown" });
  });
});

describe("a grant", () => {
  test("stands on the catalog being there, and nothing is recorded of that", () => {
    expect(given(catalog, created).when(admitsGrant(now))).toEqual({ recorded: [] });
  });

  test("of a catalog that was given up opens no other of its name", () => {
    expect(given(catalog, created, retired, created).when(admitsGrant(now))).toEqual({ refused: "grant_outdated" });
    expect(given(catalog, created, retired, created).when(admitsGrant(now + 1))).toEqual({ recorded: [] });
  });
});
