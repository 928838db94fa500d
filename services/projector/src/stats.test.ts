import { CatalogName } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { happened, rowsAfter } from "@natster/micro/given";
import { expect, test } from "vitest";
import { alice, bob } from "./people.fixture.ts";
import { stats } from "@natster/contracts/read-models";

const photos = CatalogName.parse("photos");
const share = { owner: alice, catalog: photos, recipient: bob };
const aShare = (event: Parameters<typeof happened<typeof shareEvents>>[2]) => happened(shareEvents, share, event);
const grant = { grant: "a.b.c", issuedAt: 1 };
const shared = aShare({ type: "shared", data: grant });
const counted = (...events: Parameters<typeof rowsAfter>[1][]) => Object.keys(rowsAfter(stats, ...events));

test("what begins and what ends is one row each", () => {
  const registered = happened(accountEvents, { account: alice }, { type: "registered", data: {} });
  const closed = happened(accountEvents, { account: alice }, { type: "closed", data: {} });
  const created = happened(catalogEvents, { owner: alice, catalog: photos }, { type: "created", data: {} });
  const retired = happened(
    catalogEvents,
    { owner: alice, catalog: photos },
    { type: "retired", data: { reason: "owner" } },
  );
  expect(counted(registered, created, shared, retired, closed)).toEqual([
    "accounts.began.1",
    "catalogs.began.2",
    "shares.began.3",
    "catalogs.ended.4",
    "accounts.ended.5",
  ]);
});

test("a share that is renewed or accepted is no other share", () => {
  const renewed = aShare({ type: "shared", data: { ...grant, renews: true } });
  expect(counted(shared, renewed, aShare({ type: "imported", data: {} }))).toEqual(["shares.began.1"]);
});

test.for([
  ["unshared", { reason: "owner" }],
  ["declined", {}],
  ["dropped", {}],
] as const)("a share that is %s has ended, and may begin again", ([type, data]) => {
  expect(counted(shared, aShare({ type, data } as never), shared)).toEqual([
    "shares.began.1",
    "shares.ended.2",
    "shares.began.3",
  ]);
});

test("what neither begins nor ends is not counted", () => {
  expect(counted(happened(accountEvents, { account: alice }, { type: "suspended", data: {} }))).toEqual([]);
});
