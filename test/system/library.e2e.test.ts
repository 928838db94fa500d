/** What people see of what happened: their codes, their own audit trail, one catalog, and the figures of the system. */
import { CatalogName } from "@natster/contracts";
import type { Entry } from "@natster/contracts/activity";
import { accept, invite, redeem, share, unshare } from "@natster/person";
import { startSystem } from "@natster/testing";
import { createKey } from "@natster/trust";
import { describe, expect, onTestFinished, test } from "vitest";

const [photos, music] = [CatalogName.parse("photos"), CatalogName.parse("music")];

async function twoPeople() {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const [alice, bob] = await Promise.all([system.person("alice"), system.person("bob")]);
  return { system, alice, bob };
}

describe("activity", () => {
  test("is each account's own audit trail, the latest first", async () => {
    const { alice, bob } = await twoPeople();
    await alice.catalog.create({ catalog: photos });
    await share(alice, alice.key, { catalog: photos, recipient: bob.account });
    const { after } = await bob.catalog.import({ owner: alice.account, catalog: photos });

    const said = ({ about, event, actor, device }: Entry) => ({ about, event, actor, device });
    const [mine, his] = await Promise.all([alice.library.activity({ after }), bob.library.activity({ after })]);
    expect(mine.rows.map(said)).toEqual([
      { about: "share", event: "imported", actor: bob.account, device: undefined },
      { about: "share", event: "shared", actor: alice.account, device: alice.user },
      { about: "catalog", event: "created", actor: alice.account, device: alice.user },
      expect.objectContaining({ about: "account", event: "registered" }),
    ]);
    expect(his.rows.map(said)).toEqual([
      { about: "share", event: "imported", actor: bob.account, device: bob.user },
      { about: "share", event: "shared", actor: alice.account, device: undefined },
      expect.objectContaining({ about: "account", event: "registered" }),
    ]);
  });

  test("comes in pages that lead back to the beginning, and what happens meanwhile moves none of them", async () => {
    const { alice } = await twoPeople();
    let after = 0;
    for (let index = 0; index < 25; index++) {
      ({ after } = await alice.catalog.create({ catalog: CatalogName.parse(`catalog-${index}`) }));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await alice.library.activity({ after, limit: 10, ...(cursor && { cursor }) });
      seen.push(...page.rows.map((row) => ("catalog" in row ? row.catalog : row.event)));
      ({ cursor } = page);
      ({ after } = await alice.catalog.create({ catalog: CatalogName.parse(`later-${seen.length}`) }));
    } while (cursor !== undefined);
    expect(seen).toEqual([...Array.from({ length: 25 }, (_, index) => `catalog-${24 - index}`), "registered"]);
  });

  test("tells nobody of what happens between others", async () => {
    const { system, alice, bob } = await twoPeople();
    const eve = await system.person("eve");
    await alice.catalog.create({ catalog: photos });
    const after = await share(alice, alice.key, { catalog: photos, recipient: bob.account });
    expect((await eve.library.activity({ after })).rows).toMatchObject([{ event: "registered" }]);
  });
});

describe("codes", () => {
  test("are listed to their issuer alone, with what became of each", async () => {
    const { system, alice } = await twoPeople();
    const { administrator } = system;
    const [claimed, cancelled, open] = [
      await invite(administrator),
      await invite(administrator),
      await invite(administrator),
    ];
    const newcomer = createKey("account");
    await redeem(system.platform.place, claimed, { account: newcomer });
    const { after } = await administrator.codes.cancel({ id: cancelled.id });

    const { rows } = await administrator.library.codes({ after });
    expect(new Map(rows.map((row) => [row.code, row]))).toMatchObject(
      new Map([
        [claimed.id, expect.objectContaining({ state: "claimed", offer: { purpose: "enrol" } })],
        [cancelled.id, expect.objectContaining({ state: "cancelled" })],
        [open.id, expect.objectContaining({ state: "issued" })],
      ]),
    );
    const { rows: one } = await administrator.library.codes({ code: claimed.id });
    expect(one).toMatchObject([{ code: claimed.id, claim: { transcript: { account: newcomer.public } } }]);
    expect((await alice.library.codes({ after })).rows).toEqual([]);
  });
});

describe("one catalog", () => {
  test("is told of to its owner and to whom it is shared with, and to nobody else", async () => {
    const { system, alice, bob } = await twoPeople();
    const eve = await system.person("eve");
    await alice.catalog.create({ catalog: photos, description: "From the lake" });
    await alice.catalog.create({ catalog: music });
    const after = await share(alice, alice.key, { catalog: photos, recipient: bob.account });
    const asked = { owner: alice.account, catalog: photos, after };

    await expect(alice.library.catalog(asked)).resolves.toMatchObject({ description: "From the lake" });
    await expect(bob.library.catalog(asked)).resolves.toMatchObject({ share: { state: "offered" } });
    await expect(bob.library.catalog({ ...asked, catalog: music })).rejects.toMatchObject({
      reason: "catalog_unknown",
    });
    await expect(eve.library.catalog(asked)).rejects.toMatchObject({ reason: "catalog_unknown", code: 404 });
  });
});

describe("stats", () => {
  test("count what is there and what ever was, and a share that ended is there no more", async () => {
    const { alice, bob } = await twoPeople();
    await alice.catalog.create({ catalog: photos });
    await alice.catalog.create({ catalog: music });
    await share(alice, alice.key, { catalog: photos, recipient: bob.account });
    await share(alice, alice.key, {
      catalog: photos,
      recipient: bob.account,
      expires: Math.floor(Date.now() / 1000) + 600,
    });
    await accept(bob, { owner: alice.account, catalog: photos });
    let after = await share(alice, alice.key, { catalog: music, recipient: bob.account });
    await expect(bob.library.stats({ after })).resolves.toEqual({
      accounts: { now: 3, ever: 3 },
      catalogs: { now: 2, ever: 2 },
      shares: { now: 2, ever: 2 },
    });

    await unshare(alice, music, bob.account);
    ({ after } = await alice.catalog.retire({ catalog: music }));
    await expect(bob.library.stats({ after })).resolves.toMatchObject({
      catalogs: { now: 1, ever: 2 },
      shares: { now: 1, ever: 2 },
    });
  });
});
