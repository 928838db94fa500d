/** What the access projection cannot take in closes doors, as nats-server enforces them, until it is mended. */
import { CatalogName, eventSubject, Handle } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { asShared } from "@natster/contracts/borders";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { files } from "@natster/contracts/files";
import { eventStream } from "@natster/contracts/platform";
import { client, connect, NobodyAnswersError, silentLog } from "@natster/micro";
import { accept, share } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { createKey, signGrant } from "@natster/trust";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, onTestFinished, test } from "vitest";

// `skip` is what an administrator says of one event; no test is left out here.

const photos = CatalogName.parse("photos");
const patience = { timeout: 15_000 };

/** Alice shares her photos with Bob and with Carol, who both have accepted; she answers whoever reaches her. */
async function aShare() {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  const [alice, bob, carol] = [await system.person("alice"), await system.person("bob"), await system.person("carol")];
  await alice.catalog.create({ catalog: photos });
  for (const recipient of [bob, carol]) {
    await share(alice, alice.key, { catalog: photos, recipient: recipient.account });
    await accept(recipient, { owner: alice.account, catalog: photos });
  }
  serve(alice, photos);
  await alice.connection.flush();
  return { system, ops: system.administrator, alice, bob, carol };
}

/** What is sent to and fro here only has to come through. */
const told = { text: "", signature: "A".repeat(86) };
const serve = (owner: TestPerson, catalog: CatalogName) =>
  owner.connection.subscribe(`files.${catalog}.open`, {
    callback: (_error, message) => {
      message.respond(JSON.stringify(told));
    },
  });

/** Whether a reader reaches an owner's catalog, as nats-server has it. */
const reaches = (reader: TestPerson, owner: TestPerson, catalog = photos) =>
  client(files, reader.connection, { subject: asShared(owner.account) })
    .open(told, { catalog })
    .then(() => true)
    .catch((error: unknown) => {
      if (error instanceof NobodyAnswersError) return false;
      throw error;
    });

/** Puts something into the log as a service that has gone wrong might, or one that is newer; returns its sequence. */
async function record({ platform }: TestSystem, service: "catalog" | "accounts", subject: string, data: string) {
  const creds = { file: platform.installation.creds(`${service}-streams`) };
  const connection = await connect({ servers: platform.nats.url, creds, name: "record", log: silentLog() });
  try {
    return (await jetstream(connection).publish(subject, data)).seq;
  } finally {
    await connection.close();
  }
}

/** The sequence of the last event in the log. */
async function lastSequence({ platform }: TestSystem): Promise<number> {
  const creds = { file: platform.installation.creds("bootstrap") };
  const connection = await connect({ servers: platform.nats.url, creds, name: "look", log: silentLog() });
  try {
    return (await (await jetstreamManager(connection)).streams.info(eventStream)).state.last_seq;
  } finally {
    await connection.close();
  }
}

/** An event as a service writes it. */
const written = (type: string, version: number, data: unknown) =>
  JSON.stringify({
    specversion: "1.0",
    id: `event-${type}-${version}`,
    source: "/natster/catalog",
    type: `natster.share.${type}`,
    subject: "somewhere",
    time: new Date().toISOString(),
    dataschema: `urn:natster:share:${type}:${version}`,
    datacontenttype: "application/json",
    actor: "somebody",
    commandname: "catalog.test",
    commandid: `test-${type}-${version}`,
    data,
  });

describe("while an event stands aside", () => {
  test("of a share, nats-server refuses its recipient and nobody else; after a mend and a retry it is back", async () => {
    const { system, ops, alice, bob, carol } = await aShare();
    expect(await reaches(bob, alice)).toBe(true);
    const id = { owner: alice.account, catalog: photos, recipient: bob.account };
    const subject = eventSubject(shareEvents, id, "imported");
    const sequence = await record(system, "catalog", subject, written("imported", 2, {}));
    await expect.poll(() => reaches(bob, alice), patience).toBe(false);
    expect(await reaches(carol, alice)).toBe(true);
    expect(await ops.accounts.parked({ projection: "access" })).toMatchObject({ rows: [{ sequence }] });

    // The code that comes with the mend knows the version that was not known.
    const known = Object.assign(shareEvents, {
      history: { imported: [{ data: shareEvents.types.imported, upcast: (data: unknown) => data }] },
    });
    onTestFinished(() => void Reflect.deleteProperty(known, "history"));
    expect(await ops.accounts.retry({ projection: "access", sequence })).toMatchObject({ parked: 0 });
    await expect.poll(() => reaches(bob, alice), patience).toBe(true);
  });

  test("of a catalog, nats-server refuses everybody it is shared with, until it is skipped", async () => {
    const { system, ops, alice, bob, carol } = await aShare();
    const subject = eventSubject(catalogEvents, { owner: alice.account, catalog: photos }, "described");
    const sequence = await record(system, "catalog", subject, "garbled");
    for (const reader of [bob, carol]) await expect.poll(() => reaches(reader, alice), patience).toBe(false);
    // The administrator's command about an event; no test is left out here.
    await ops.accounts.skip({ projection: "access", sequence });
    for (const reader of [bob, carol]) await expect.poll(() => reaches(reader, alice), patience).toBe(true);
  });

  test("of an account, nats-server refuses what it shares and what is shared with it, but not its questions", async () => {
    const { system, ops, alice, bob, carol } = await aShare();
    const music = CatalogName.parse("music");
    await bob.catalog.create({ catalog: music });
    await share(bob, bob.key, { catalog: music, recipient: carol.account });
    await accept(carol, { owner: bob.account, catalog: music });
    serve(bob, music);
    await bob.connection.flush();
    expect(await reaches(carol, bob, music)).toBe(true);

    const subject = eventSubject(accountEvents, { account: bob.account }, "renamed");
    const sequence = await record(system, "accounts", subject, "garbled");
    await expect.poll(() => reaches(bob, alice), patience).toBe(false);
    await expect.poll(() => reaches(carol, bob, music), patience).toBe(false);
    expect(await reaches(carol, alice)).toBe(true);
    await expect(bob.library.whoami({})).resolves.toMatchObject({ account: bob.account });
    // The administrator's command about an event; no test is left out here.
    await ops.accounts.skip({ projection: "access", sequence });
    await expect.poll(() => reaches(bob, alice), patience).toBe(true);
    await expect.poll(() => reaches(carol, bob, music), patience).toBe(true);
  });

  test("a rebuild of the access projection closes the same doors", async () => {
    const { system, ops, alice, bob, carol } = await aShare();
    const id = { owner: alice.account, catalog: photos, recipient: bob.account };
    await record(system, "catalog", eventSubject(shareEvents, id, "imported"), "garbled");
    await expect.poll(() => reaches(bob, alice), patience).toBe(false);
    await ops.accounts.rebuild({ projection: "access" });
    const side = async () => (await ops.accounts.status({})).projections[0]?.side;
    await expect.poll(side, patience).toBe("b");
    expect(await reaches(bob, alice)).toBe(false);
    expect(await reaches(carol, alice)).toBe(true);
    expect(await ops.accounts.status({})).toMatchObject({ projections: [{ parked: 1 }] });
  });
});

test("commands about what cannot be read are refused by name and change nothing until it is skipped; others are obeyed", async () => {
  const { system, alice, bob, carol } = await aShare();
  const [share, catalog] = [{ owner: alice.account, catalog: photos, recipient: bob.account }, { catalog: photos }];
  await record(system, "catalog", eventSubject(shareEvents, share, "imported"), written("imported", 2, {}));
  await record(system, "accounts", eventSubject(accountEvents, { account: carol.account }, "renamed"), "garbled");
  const end = await lastSequence(system);
  const issuedAt = Math.floor(Date.now() / 1000);
  const commands = {
    share: () =>
      alice.catalog.share({
        ...catalog,
        grant: signGrant(alice.key, { ...catalog, recipient: bob.account, issuedAt, expires: issuedAt + 3_600 }),
      }),
    unshare: () => alice.catalog.unshare({ ...catalog, recipient: bob.account }),
    import: () => bob.catalog.import({ ...catalog, owner: alice.account }),
    drop: () => bob.catalog.drop({ ...catalog, owner: alice.account }),
    rename: () => carol.accounts.rename({ handle: Handle.parse("caroline") }),
    suspend: () => system.administrator.accounts.suspend({ account: carol.account }),
  };
  for (const [name, command] of Object.entries(commands)) {
    await expect(command(), name).rejects.toMatchObject({ reason: "unreadable", code: 500 });
  }
  expect(await lastSequence(system)).toBe(end);
  const { rows: parked } = await system.administrator.accounts.parked({ projection: "access" });

  await expect(alice.catalog.unshare({ ...catalog, recipient: carol.account })).resolves.toHaveProperty("after");
  await expect(bob.accounts.rename({ handle: Handle.parse("robert") })).resolves.toHaveProperty("after");

  // The administrator's command about an event, here about both; no test is left out here.
  for (const { sequence } of parked) await system.administrator.accounts.skip({ projection: "access", sequence });
  await expect.poll(() => reaches(bob, alice), patience).toBe(true);
  await expect(commands.unshare()).resolves.toHaveProperty("after");
  await expect.poll(() => reaches(bob, alice), patience).toBe(false);
  await expect(commands.rename()).resolves.toHaveProperty("after");
  await expect(commands.suspend()).resolves.toHaveProperty("after");
});

test("an import that nats-server would refuse stands aside alone: the rest of the account is pushed", async () => {
  const { system, alice, bob } = await aShare();
  const [music, books] = [CatalogName.parse("music"), CatalogName.parse("books")];
  for (const catalog of [music, books]) {
    await alice.catalog.create({ catalog });
    serve(alice, catalog);
  }
  await alice.connection.flush();
  // Signed by somebody who may not: `share` would not let it in, so it is put into the log past it.
  const issuedAt = Math.floor(Date.now() / 1000);
  const grant = signGrant(createKey("account"), { catalog: music, recipient: bob.account, issuedAt });
  const id = { owner: alice.account, catalog: music, recipient: bob.account };
  await record(system, "catalog", eventSubject(shareEvents, id, "shared"), written("shared", 1, { grant, issuedAt }));
  await record(system, "catalog", eventSubject(shareEvents, id, "imported"), written("imported", 1, {}));
  await share(alice, alice.key, { catalog: books, recipient: bob.account });
  await accept(bob, { owner: alice.account, catalog: books });
  expect(await reaches(bob, alice, books)).toBe(true);
  expect(await reaches(bob, alice)).toBe(true);
  expect(await reaches(bob, alice, music)).toBe(false);
  await expect(bob.accounts.rename({ handle: Handle.parse("robert") })).resolves.toHaveProperty("after");
});
