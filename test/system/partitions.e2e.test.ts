/** The log projected in three parts by two processes of the projector, with the permissions that services really have. */
import { CatalogName } from "@natster/contracts";
import { accept, share } from "@natster/person";
import { startSystem } from "@natster/testing";
import { expect, onTestFinished, test } from "vitest";

const within = { timeout: 60_000 };

test(
  "what people do is seen by all whom it concerns, and status says how far each part is",
  { timeout: 180_000 },
  async () => {
    const system = await startSystem({ partitions: 3, apart: ["projector", "projector"] });
    onTestFinished(() => system[Symbol.asyncDispose]());
    const alice = await system.person("alice");
    const others = await Promise.all(["bob", "carol", "dave"].map((name) => system.person(name)));
    for (const [index, other] of others.entries()) {
      const catalog = CatalogName.parse(`photos-${index}`);
      await alice.catalog.create({ catalog });
      await share(alice, alice.key, { catalog, recipient: other.account });
      await accept(other, { owner: alice.account, catalog });
      const seen = async () => (await other.library.shared({})).rows.map((row) => [row.owner, row.catalog]);
      await expect.poll(seen, within).toEqual([[alice.account, catalog]]);
    }
    const status = async () => (await system.administrator.library.status({})).projections;
    await expect
      .poll(async () => (await status()).find(({ projection }) => projection === "shares")?.parts?.length, within)
      .toBe(3);
    // Counters are filled in one part.
    expect((await status()).find(({ projection }) => projection === "stats")?.parts).toBeUndefined();
  },
);
