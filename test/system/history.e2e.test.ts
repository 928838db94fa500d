/** What a command costs where much has happened before. */
import { CatalogName, Handle } from "@natster/contracts";
import { share } from "@natster/person";
import { startSystem } from "@natster/testing";
import { expect, test } from "vitest";

test("sharing costs the same however much has happened to the catalog, to its owner and to the recipient", async () => {
  await using system = await startSystem();
  const [alice, bob, carol] = [await system.person("alice"), await system.person("bob"), await system.person("carol")];
  const photos = CatalogName.parse("photos");
  await alice.catalog.create({ catalog: photos });
  const connection = system.platform.services.catalog?.connection;
  if (!connection) throw new Error("the service runs in this process");
  /** How many messages reach the service for one share, its own among those of its reactions. */
  const costOf = async (recipient: typeof bob) => {
    const before = connection.stats().inMsgs;
    const after = await share(alice, alice.key, { catalog: photos, recipient: recipient.account });
    expect(after).toBeGreaterThan(0);
    return connection.stats().inMsgs - before;
  };
  const fresh = await costOf(bob);
  for (let time = 0; time < 20; time++) {
    await Promise.all([
      alice.catalog.describe({ catalog: photos, description: `the ${time}th` }),
      alice.accounts.rename({ handle: Handle.parse(`alice-${time}`) }),
      carol.accounts.rename({ handle: Handle.parse(`carol-${time}`) }),
    ]);
  }
  expect(await costOf(carol)).toBeLessThan(fresh + 15);
});
