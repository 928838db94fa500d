/** Public catalogs: read by everybody by their owner's word, until the owner takes it back. */
import { CatalogName } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { accept, publish, share, unpublish, type Person } from "@natster/person";
import { startSystem, type TestPerson } from "@natster/testing";
import { signPublication } from "@natster/trust";
import { describe, expect, onTestFinished, test, vi } from "vitest";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const photos = CatalogName.parse("photos");
const now = () => Math.floor(Date.now() / 1000);

async function threePeople() {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const [alice, bob, eve] = await Promise.all([system.person("alice"), system.person("bob"), system.person("eve")]);
  await alice.catalog.create({ catalog: photos });
  // Whoever answers here is reached or not: that is for nats-server to say.
  alice.connection.subscribe("files.photos.>", { callback: (_, message) => void message.respond("here") });
  return { alice, bob, eve };
}

/** Whether nats-server lets somebody through to what an owner serves. */
async function reaches(person: Person, owner: TestPerson): Promise<boolean> {
  const subject = asShared(owner.account)("files.photos.anything");
  return person.connection.request(subject, "", { timeout: 2_000 }).then(
    () => true,
    () => false,
  );
}

describe("a public catalog", () => {
  test("is read without a grant by whoever imports it, and by nobody once its owner takes that back", async () => {
    const { alice, bob, eve } = await threePeople();
    const it = { owner: alice.account, catalog: photos };
    await expect(bob.catalog.import(it)).rejects.toMatchObject({ reason: "share_unknown" });

    await publish(alice, alice.key, { catalog: photos });
    const offered = vi.waitFor(() => eve.library.catalog(it), 20_000);
    await expect(offered).resolves.toMatchObject({ published: { statement: expect.any(String) } });
    await accept(bob, it);
    await expect.poll(() => reaches(bob, alice)).toBe(true);
    await expect.poll(async () => (await bob.library.shared({})).rows).toMatchObject([{ catalog: photos }]);

    await unpublish(alice, photos);
    await expect.poll(() => reaches(bob, alice)).toBe(false);
    await expect.poll(async () => (await bob.library.shared({})).rows).toEqual([]);
    await expect(eve.catalog.import(it)).rejects.toMatchObject({ reason: "share_unknown" });
    await expect.poll(() => eve.library.catalog(it).catch((error: unknown) => error)).toMatchObject({ code: 404 });
  });

  test("that is public no more is still read by those with whom it is shared", async () => {
    const { alice, bob, eve } = await threePeople();
    const it = { owner: alice.account, catalog: photos };
    await publish(alice, alice.key, { catalog: photos });
    await share(alice, alice.key, { catalog: photos, recipient: bob.account });
    await Promise.all([accept(bob, it), accept(eve, it)]);
    await expect.poll(() => reaches(eve, alice)).toBe(true);

    await unpublish(alice, photos);
    await expect.poll(() => reaches(eve, alice)).toBe(false);
    await expect.poll(() => reaches(bob, alice)).toBe(true);
  });

  test("is public by nothing but a statement of its owner's own key that holds now", async () => {
    const { alice, bob } = await threePeople();
    const statements = [
      signPublication(bob.key, { catalog: photos, from: now() }),
      signPublication(alice.key, { catalog: CatalogName.parse("music"), from: now() }),
      signPublication(alice.key, { catalog: photos, from: now() + 60 }),
      signPublication(alice.key, { catalog: photos, from: now() - 60, until: now() - 1 }),
    ];
    for (const statement of statements) {
      await expect(alice.catalog.publish({ catalog: photos, statement })).rejects.toMatchObject({
        reason: "statement_invalid",
        code: 422,
      });
    }
    const good = signPublication(alice.key, { catalog: photos, from: now() });
    await expect(bob.catalog.publish({ catalog: photos, statement: good })).rejects.toMatchObject({ code: 422 });
    await expect(alice.catalog.publish({ catalog: photos, statement: good })).resolves.toHaveProperty("after");
    await unpublish(alice, photos);
    await expect(alice.catalog.publish({ catalog: photos, statement: good })).rejects.toMatchObject({
      reason: "statement_outdated",
    });
  });

  test("is so for a while where its owner says until when, and ends when it is retired", async () => {
    const { alice, bob, eve } = await threePeople();
    const it = { owner: alice.account, catalog: photos };
    await publish(alice, alice.key, { catalog: photos, until: now() + 4 });
    await accept(bob, it);
    await expect.poll(() => reaches(bob, alice), { timeout: 20_000 }).toBe(false);

    await publish(alice, alice.key, { catalog: photos });
    await accept(eve, it);
    await expect.poll(() => reaches(eve, alice)).toBe(true);
    await alice.catalog.retire({ catalog: photos });
    await expect.poll(() => reaches(eve, alice)).toBe(false);
    await expect.poll(async () => (await eve.library.shared({})).rows).toEqual([]);
  });
});
