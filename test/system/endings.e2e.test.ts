/** What ends, and what ends with it: catalogs that are given up, accounts that are suspended and closed. */
import { CatalogName, Handle } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { files } from "@natster/contracts/files";
import { eventStream, retirements } from "@natster/contracts/platform";
import { client, isRefusal, NobodyAnswersError } from "@natster/micro";
import { accept, applied, connectDevice, createDevice, share } from "@natster/person";
import { startSystem, type TestPerson } from "@natster/testing";
import { signGrant } from "@natster/trust";
import { jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, onTestFinished, test } from "vitest";
import { connectFully } from "../faults/everything.fixture.ts";

const photos = CatalogName.parse("photos");

async function aShare() {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const [alice, bob] = await Promise.all([system.person("alice"), system.person("bob")]);
  await alice.catalog.create({ catalog: photos });
  await share(alice, alice.key, { catalog: photos, recipient: bob.account });
  await accept(bob, { owner: alice.account, catalog: photos });
  alice.connection.subscribe("files.photos.open", {
    callback: (_error, message) => {
      message.respond(JSON.stringify(told));
    },
  });
  await alice.connection.flush();
  return { system, alice, bob };
}

/** What is sent to and fro here only has to come through. */
const told = { text: "", signature: "A".repeat(86) };
const ask = (reader: TestPerson, owner: TestPerson) =>
  client(files, reader.connection, { subject: asShared(owner.account) }).open(told, { catalog: photos });

describe("a catalog that is retired", () => {
  test("ends for everybody that it was shared with, and its name is free", async () => {
    const { alice, bob } = await aShare();
    await expect(ask(bob, alice)).resolves.toEqual(told);

    const { after } = await alice.catalog.retire({ catalog: photos });
    await applied(bob.connection, alice.account, after);
    await expect(ask(bob, alice)).rejects.toThrow(NobodyAnswersError);
    await expect.poll(async () => (await bob.library.shared({})).rows).toEqual([]);
    await expect.poll(async () => (await alice.library.shares({})).rows).toEqual([]);
    expect((await alice.library.mine({ after })).rows).toEqual([]);
    await expect(alice.catalog.retire({ catalog: photos })).rejects.toMatchObject({ reason: "catalog_unknown" });
  });

  test("and made anew opens to no old grant", async () => {
    const { alice, bob } = await aShare();
    const old = { catalog: photos, recipient: bob.account };
    const issuedAt = Math.floor(Date.now() / 1000);
    const grant = signGrant(alice.key, { ...old, issuedAt });
    await alice.catalog.retire({ catalog: photos });
    await expect.poll(async () => (await bob.library.shared({})).rows).toEqual([]);
    await alice.catalog.create({ catalog: photos });
    await expect(alice.catalog.share({ catalog: photos, grant })).rejects.toMatchObject({ reason: "grant_outdated" });

    await share(alice, alice.key, old);
    await accept(bob, { owner: alice.account, catalog: photos });
    await expect(ask(bob, alice)).resolves.toEqual(told);
  });
});

test("a share ends with its catalog, before anybody has heard that it has to, and is none of the next one of that name", async () => {
  const { system, alice, bob } = await aShare();
  const carol = await system.person("carol");
  await share(alice, alice.key, { catalog: photos, recipient: carol.account });
  const id = { owner: alice.account, catalog: photos };
  // As where its delivery is lost: who is to end the shares hears of it late.
  await using full = await connectFully(system);
  const { consumers } = await jetstreamManager(full.connection);
  await consumers.pause(eventStream, retirements.name, new Date(Date.now() + 600_000));

  await alice.catalog.retire({ catalog: photos });
  await expect(carol.catalog.import(id)).rejects.toMatchObject({ reason: "share_unknown" });
  const { after } = await alice.catalog.create({ catalog: photos });
  await alice.library.mine({ after });
  expect((await bob.library.shared({ after })).rows).toEqual([]);
  expect((await carol.library.inbox({ after })).rows).toEqual([]);
  expect((await alice.library.shares({ after })).rows).toEqual([]);
  await expect(bob.library.catalog({ ...id, after })).rejects.toMatchObject({ reason: "catalog_unknown" });
  for (const each of [bob, carol])
    await expect(each.catalog.import(id)).rejects.toMatchObject({ reason: "share_unknown" });

  await share(alice, alice.key, { catalog: photos, recipient: carol.account });
  await accept(carol, id);
  await consumers.resume(eventStream, retirements.name);
  const endings = async () =>
    (await bob.library.activity({})).rows.filter((entry) => entry.about === "share" && entry.event === "unshared");
  await expect.poll(endings, { timeout: 60_000 }).toMatchObject([{ reason: "retired" }]);
  await expect.poll(async () => (await carol.library.shared({})).rows).toMatchObject([{ catalog: photos }]);
  await expect(ask(carol, alice)).resolves.toEqual(told);
});

test("a grant that runs out ends its share by itself, unless another has taken its place", async () => {
  const { alice, bob } = await aShare();
  const now = Math.floor(Date.now() / 1000);
  await share(alice, alice.key, { catalog: photos, recipient: bob.account, expires: now + 2 });
  await share(alice, alice.key, { catalog: photos, recipient: bob.account, expires: now + 4 });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await expect(ask(bob, alice)).resolves.toEqual(told);
  await expect.poll(() => ask(bob, alice).catch((error: unknown) => error)).toBeInstanceOf(NobodyAnswersError);
  await expect.poll(async () => (await bob.library.shared({})).rows).toEqual([]);
});

describe("an account", () => {
  test("that is closed ends with its catalogs, its shares and its handle", async () => {
    const { system, alice, bob } = await aShare();
    await alice.accounts.close({});
    await expect.poll(() => alice.library.whoami({}, { timeout: 500 }).catch(() => "gone")).toBe("gone");
    await expect.poll(async () => (await bob.library.shared({})).rows).toEqual([]);
    await expect
      .poll(async () => bob.library.person({ handle: Handle.parse("alice") }).catch((error: unknown) => error))
      .toSatisfy((error) => isRefusal(error, "person_unknown"));
    await expect(share(bob, bob.key, { catalog: photos, recipient: alice.account })).rejects.toMatchObject({
      reason: "recipient_unknown",
    });
    await expect(system.person("alice")).resolves.toBeDefined();
  });

  test("that is suspended is cut off, and comes back when it is resumed", async () => {
    const { system, alice, bob } = await aShare();
    const ops = system.administrator.accounts;
    await expect(bob.accounts.suspend({ account: alice.account })).rejects.toMatchObject({
      reason: "not_administrator",
    });
    const suspended = await ops.suspend({ account: alice.account, reason: "unpaid" });
    await applied(system.administrator.connection, alice.account, suspended.after);
    await expect(ask(bob, alice)).rejects.toThrow(/answer/);
    const { after } = await ops.resume({ account: alice.account });
    await applied(system.administrator.connection, alice.account, after);
    const creds = createDevice(alice.key, { name: "again", role: "owner" });
    await using again = await connectDevice(system.platform.place, creds, "again");
    await expect(again.library.whoami({})).resolves.toMatchObject({ handle: "alice" });
  });

  test("may be closed only by a device that owns it", async () => {
    const { system, alice } = await aShare();
    const creds = createDevice(alice.key, { name: "browser", role: "browser" });
    await using browser = await connectDevice(system.platform.place, creds, "browser");
    await expect(browser.accounts.close({})).rejects.toMatchObject({ reason: "wrong_role", code: 403 });
  });
});
