import { CatalogName, GrantToken } from "@natster/contracts";
import { given } from "@natster/micro/given";
import { expect, test } from "vitest";
import { assertGivesMore, holding } from "./holding.ts";

const now = Date.UTC(2026, 0, 1);
const at = (days: number) => new Date(now + days * 86_400_000).toISOString();
const shared = (expires?: string) =>
  ({
    type: "shared",
    data: { grant: GrantToken.parse("e30.e30.AA"), issuedAt: 1, ...(expires !== undefined && { expires }) },
  }) as const;
const imported = { type: "imported", data: {} } as const;
const dropped = { type: "dropped", data: {} } as const;
const unshared = { type: "unshared", data: { reason: "owner" } } as const;

/** What becomes of a claim by somebody to whom this happened. */
const claims = (past: Parameters<typeof given<typeof holding.events, typeof holding.initial>>[1][], until?: string) =>
  given(holding, ...past).when((has) => {
    const offer = {
      purpose: "share",
      catalog: CatalogName.parse("photos"),
      ...(until !== undefined && { until }),
    } as const;
    assertGivesMore(offer, has, now);
    return [];
  });
const taken = { recorded: [] };
const refused = { refused: "already_shared" };

test("a code is not used up by whoever can read the catalog for as long anyway", () => {
  expect(claims([shared(), imported])).toEqual(refused);
  expect(claims([shared(), imported], at(7))).toEqual(refused);
  expect(claims([shared(at(7)), imported], at(7))).toEqual(refused);
  // Its grant was renewed since.
  expect(claims([shared(at(1)), imported, shared()])).toEqual(refused);
});

test("it is for whoever would read for longer, has accepted nothing, or has it no more", () => {
  expect(claims([])).toEqual(taken);
  expect(claims([shared()])).toEqual(taken);
  expect(claims([shared(at(7)), imported])).toEqual(taken);
  expect(claims([shared(at(7)), imported], at(8))).toEqual(taken);
  expect(claims([shared(at(-1)), imported], at(-2))).toEqual(taken);
  for (const end of [dropped, unshared]) expect(claims([shared(), imported, end])).toEqual(taken);
});

test("it is for whoever reads because the catalog is public, which may end", () => {
  expect(claims([{ type: "imported", data: { public: true } }])).toEqual(taken);
});
