import { CatalogName, CodeId, UserKey } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { codeEvents } from "@natster/contracts/codes";
import { happened, rowsAfter } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { describe, expect, test } from "vitest";
import { activity } from "@natster/contracts/read-models";
import { alice, bob } from "./people.fixture.ts";

const photos = CatalogName.parse("photos");
const user = UserKey.parse(createKey("user").public);
const share = { owner: alice, catalog: photos, recipient: bob };
const told = { sequence: 1, time: "2026-01-01T00:00:00.000Z", actor: alice, command: "test.tell" };

describe("what happens between two people", () => {
  const shared = happened(shareEvents, share, {
    type: "shared",
    data: { grant: "a.b.c", issuedAt: 1, renews: true },
    actor: alice,
    user,
  });

  test("is in the trail of both, without the grant", () => {
    const entry = { about: "share", event: "shared", ...share, renews: true, ...told };
    expect(rowsAfter(activity, shared)).toEqual({
      [`${alice}.1`]: { ...entry, device: user },
      [`${bob}.1`]: entry,
    });
  });

  test("says which device it was to the account of that device alone", () => {
    const imported = happened(shareEvents, share, { type: "imported", data: {}, actor: bob, user });
    const rows = rowsAfter(activity, imported);
    expect(rows[`${bob}.1`]).toMatchObject({ actor: bob, device: user });
    expect(rows[`${alice}.1`]).not.toHaveProperty("device");
  });

  test("says why it ended", () => {
    const ended = happened(shareEvents, share, { type: "unshared", data: { reason: "expired" }, actor: alice });
    expect(rowsAfter(activity, ended)[`${bob}.1`]).toMatchObject({ event: "unshared", reason: "expired" });
  });
});

test("what happens to a catalog is in its owner's trail", () => {
  const id = { owner: alice, catalog: photos };
  const retired = happened(catalogEvents, id, { type: "retired", data: { reason: "owner" }, actor: alice });
  expect(rowsAfter(activity, retired)).toEqual({
    [`${alice}.1`]: { about: "catalog", event: "retired", ...id, reason: "owner", ...told },
  });
});

describe("what happens to an account is in its own trail", () => {
  const data = { user, name: "phone", role: "browser" } as const;
  const rows = (event: Parameters<typeof happened<typeof accountEvents>>[2]) =>
    rowsAfter(activity, happened(accountEvents, { account: alice }, event));

  test.for([
    ["registered", {}],
    ["suspended", { reason: "unpaid" }],
    ["closed", {}],
  ] as const)("such as that it was %s", ([type, data]) => {
    const event = { type, data, actor: bob } as never;
    expect(rows(event)).toEqual({ [`${alice}.1`]: { about: "account", event: type, ...data, ...told, actor: bob } });
  });

  test("and so is what happens to its devices", () => {
    const added = rows({ type: "device_added", data: { ...data, maySign: false, issuedAt: 1 }, actor: alice });
    expect(added).toEqual({ [`${alice}.1`]: { about: "device", event: "device_added", ...data, ...told } });
    const revoked = rows({ type: "device_revoked", data: { user, until: 2 }, actor: alice });
    expect(revoked).toEqual({ [`${alice}.1`]: { about: "device", event: "device_revoked", user, ...told } });
  });
});

test("a code is in its issuer's trail, and once claimed in the claimant's, without the claim", () => {
  const code = CodeId.parse("E7KQ2M4T");
  const key = "A".repeat(43);
  const claim = { transcript: { account: bob, user, answerTo: key, claims: "a.b.c" }, peer: key, hash: key };
  const claimed = happened(codeEvents, { code }, { type: "claimed", data: { issuer: alice, ...claim }, actor: alice });
  const entry = { about: "code", event: "claimed", code, issuer: alice, claimant: bob, ...told };
  expect(rowsAfter(activity, claimed)).toEqual({ [`${alice}.1`]: entry, [`${bob}.1`]: entry });
  const cancelled = happened(codeEvents, { code }, { type: "cancelled", data: { issuer: alice }, actor: alice });
  expect(Object.keys(rowsAfter(activity, cancelled))).toEqual([`${alice}.1`]);
});

test("each event has a line of its own, and none is ever written over", () => {
  const created = happened(catalogEvents, { owner: alice, catalog: photos }, { type: "created", data: {}, actor: bob });
  expect(Object.keys(rowsAfter(activity, created, created))).toEqual([`${alice}.1`, `${alice}.2`]);
});
