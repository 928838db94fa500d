/** What administrators ask: how projections stand, and that one be rebuilt. */
import { share } from "@natster/person";
import { CatalogName } from "@natster/contracts";
import { startSystem } from "@natster/testing";
import { expect, onTestFinished, test } from "vitest";

async function aSystem() {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  return { system, ops: system.administrator, alice: await system.person("alice"), bob: await system.person("bob") };
}

test("each projection says how far it is", async () => {
  const { ops, alice } = await aSystem();
  const { after } = await alice.catalog.create({ catalog: CatalogName.parse("photos") });
  await alice.library.mine({ after });
  const { projections } = await ops.library.status({});
  expect(projections.find(({ projection }) => projection === "catalogs")).toMatchObject({
    sequence: after,
    behind: 0,
    parked: 0,
    side: "a",
    writes: true,
  });
  const { projections: enforced } = await ops.accounts.status({});
  expect(enforced).toMatchObject([{ projection: "access", parked: 0 }]);
});

test("a projection is rebuilt while it is read, and says the same as before", async () => {
  const { ops, alice, bob } = await aSystem();
  const photos = CatalogName.parse("photos");
  await alice.catalog.create({ catalog: photos });
  const after = await share(alice, alice.key, { catalog: photos, recipient: bob.account });
  const before = await bob.library.inbox({ after });
  expect(before.rows).toHaveLength(1);
  await ops.library.rebuild({ projection: "shares" });
  const sideOfShares = async () =>
    (await ops.library.status({})).projections.find(({ projection }) => projection === "shares")?.side;
  await expect.poll(sideOfShares, { timeout: 10_000 }).toBe("b");
  expect(await bob.library.inbox({})).toEqual(before);
  expect(await ops.library.parked({ projection: "shares" })).toEqual({ rows: [] });
});

test("the access projection is rebuilt, and everybody may do what they might before", async () => {
  const { ops, alice, bob } = await aSystem();
  await ops.accounts.rebuild({ projection: "access" });
  const side = async () => (await ops.accounts.status({})).projections[0]?.side;
  await expect.poll(side, { timeout: 10_000 }).toBe("b");
  for (const person of [alice, bob]) {
    await expect(person.library.whoami({})).resolves.toMatchObject({ account: person.account });
  }
});

test("nobody else may ask, and what there is not is refused by name", async () => {
  const { ops, alice } = await aSystem();
  await expect(alice.library.status({})).rejects.toMatchObject({ reason: "not_administrator" });
  await expect(alice.accounts.rebuild({ projection: "access" })).rejects.toMatchObject({ reason: "not_administrator" });
  await expect(ops.library.rebuild({ projection: "nothing" })).rejects.toMatchObject({ reason: "projection_unknown" });
});
