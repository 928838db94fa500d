import { CatalogName, Handle } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { happened, rowsAfter } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { describe, expect, test } from "vitest";
import { access } from "./access.ts";

const [alice, bob] = [createKey("account").public, createKey("account").public];
const photos = CatalogName.parse("photos");
const kim = Handle.parse("kim");
const share = { owner: alice, catalog: photos, recipient: bob };
/** The second in which these tests happen. */
const now = Date.UTC(2026, 0, 1) / 1000;

const anAccount = (event: Parameters<typeof happened<typeof accountEvents>>[2]) =>
  happened(accountEvents, { account: alice }, event);
const aCatalog = (event: Parameters<typeof happened<typeof catalogEvents>>[2]) =>
  happened(catalogEvents, { owner: alice, catalog: photos }, event);
const aShare = (event: Parameters<typeof happened<typeof shareEvents>>[2]) => happened(shareEvents, share, event);
const shared = (grant: string, issuedAt = now) => aShare({ type: "shared", data: { grant: `a.b.${grant}`, issuedAt } });
const imported = aShare({ type: "imported", data: {} });
const unshared = aShare({ type: "unshared", data: { reason: "owner" } });

const importKey = `import.${bob}.${alice}.photos`;
const revokedKey = `revoked.${alice}.photos.${bob}`;

describe("an account's own row", () => {
  const row = `account.${alice}`;
  const registered = anAccount({ type: "registered", data: { handle: kim } });

  test("follows what happens to it", () => {
    expect(rowsAfter(access, registered)).toEqual({ [row]: { kind: "account", status: "open", handle: kim } });
    const limited = anAccount({ type: "limited", data: { limits: { conn: 2 } } });
    const suspended = anAccount({ type: "suspended", data: {} });
    expect(rowsAfter(access, registered, limited, suspended)[row]).toEqual({
      kind: "account",
      status: "suspended",
      handle: kim,
      limits: { conn: 2 },
    });
    const resumed = anAccount({ type: "resumed", data: {} });
    expect(rowsAfter(access, registered, suspended, resumed)[row]).toMatchObject({ status: "open" });
  });

  test("of one that is closed says so, and nothing else", () => {
    const closed = anAccount({ type: "closed", data: {} });
    expect(rowsAfter(access, registered, closed)).toEqual({ [row]: { kind: "account", status: "closed" } });
  });
});

describe("a catalog", () => {
  const row = `export.${alice}.photos`;
  const created = aCatalog({ type: "created", data: {} });
  const retired = aCatalog({ type: "retired", data: { reason: "owner" } });

  test("is an export of its owner", () => {
    expect(rowsAfter(access, created)).toEqual({ [row]: { kind: "export", catalog: photos } });
  });

  test("that was retired is none, and its every grant is void, also when one of its name is made", () => {
    const made = { kind: "export", catalog: photos, voidUntil: now };
    expect(rowsAfter(access, created, retired)).toEqual({ [row]: { ...made, retired: true } });
    expect(rowsAfter(access, created, retired, created)).toEqual({ [row]: made });
  });
});

describe("a share", () => {
  test("is an import of its recipient, not accepted until it is", () => {
    expect(rowsAfter(access, shared("one"))[importKey]).toEqual({
      kind: "import",
      owner: alice,
      catalog: photos,
      grant: "a.b.one",
      accepted: false,
    });
    expect(rowsAfter(access, shared("one"), imported)[importKey]).toMatchObject({ accepted: true });
  });

  test("that is renewed takes the new grant and stays accepted", () => {
    expect(rowsAfter(access, shared("one"), imported, shared("two"))[importKey]).toMatchObject({
      grant: "a.b.two",
      accepted: true,
    });
  });

  test.for([
    ["unshared", { reason: "owner" }],
    ["declined", {}],
    ["dropped", {}],
  ] as const)("that is %s is no import any more", ([type, data]) => {
    const ended = aShare({ type, data } as never);
    expect(rowsAfter(access, shared("one"), imported, ended)).not.toHaveProperty([importKey]);
  });

  test("that was never offered cannot be accepted", () => {
    expect(rowsAfter(access, imported)).not.toHaveProperty([importKey]);
  });
});

describe("a revocation", () => {
  test("covers the moment at which it was taken back", () => {
    expect(rowsAfter(access, shared("one", now - 10), unshared)[revokedKey]).toEqual({
      kind: "revoked",
      catalog: photos,
      recipient: bob,
      lastGrant: now - 10,
      until: now,
    });
  });

  test("covers every grant that was ever given, also one dated later", () => {
    expect(rowsAfter(access, shared("one", now + 30), shared("two", now + 5), unshared)[revokedKey]).toMatchObject({
      lastGrant: now + 30,
      until: now + 30,
    });
  });

  test("stays when the catalog is shared again", () => {
    expect(rowsAfter(access, shared("one", now), unshared, shared("two", now + 60))[revokedKey]).toMatchObject({
      lastGrant: now + 60,
      until: now,
    });
  });

  test("is none where nothing was taken back", () => {
    expect(rowsAfter(access, shared("one"), imported)[revokedKey]).not.toHaveProperty("until");
  });
});

describe("a device that was revoked", () => {
  const user = createKey("user").public;
  const row = `device.${alice}.${user}`;
  const added = anAccount({
    type: "device_added",
    data: { user, name: "phone", role: "browser", maySign: false, issuedAt: now + 60 },
  });
  const revoked = (until: number) => anAccount({ type: "device_revoked", data: { user, until } });

  test("stays revoked for its older JWTs when it gets a newer one", () => {
    expect(rowsAfter(access, revoked(now), added)[row]).toEqual({ kind: "device", user, until: now });
  });

  test("is revoked up to the latest of all revocations", () => {
    expect(rowsAfter(access, revoked(now + 9), revoked(now + 5))[row]).toMatchObject({ until: now + 9 });
  });

  test("leaves the account's own row as it is, as does one that is added", () => {
    const registered = anAccount({ type: "registered", data: {} });
    const own = rowsAfter(access, registered)[`account.${alice}`];
    expect(rowsAfter(access, registered, added, revoked(now))).toMatchObject({ [`account.${alice}`]: own });
    expect(rowsAfter(access, registered, added)).toEqual({ [`account.${alice}`]: own });
  });
});
