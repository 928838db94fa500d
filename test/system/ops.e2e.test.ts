/** What administrators ask: how projections stand, and that one be rebuilt. */
import { bucketStream, CatalogName, eventSubject, sideOf } from "@natster/contracts";
import { shareEvents } from "@natster/contracts/catalog";
import { catalogs, type FeedNotice, shares } from "@natster/contracts/library";
import { eventStream } from "@natster/contracts/platform";
import { connect, silentLog } from "@natster/micro";
import { setTimer } from "@natster/micro/timers";
import { notices, share } from "@natster/person";
import { supervise } from "@natster/standalone/supervise";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { Svcm } from "@nats-io/services";
import { expect, onTestFinished, test } from "vitest";

// `skip` is what an administrator says of one event; no test is left out here.

/** What somebody hears on the feed from now on. */
function noticesOf(person: TestPerson): FeedNotice[] {
  const heard: FeedNotice[] = [];
  void (async () => {
    for await (const notice of notices(person)) heard.push(notice);
  })();
  return heard;
}

/** Does something as the service that decides about catalogs may. */
async function asCatalog<T>({ platform }: TestSystem, work: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const creds = { file: platform.installation.creds("catalog-streams") };
  const connection = await connect({ servers: platform.nats.url, creds, name: "garble", log: silentLog() });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Puts something into the log that nobody can read, as a service that has gone wrong might; returns its sequence. */
const garble = (system: TestSystem, subject: string): Promise<number> =>
  asCatalog(system, async (connection) => (await jetstream(connection).publish(subject, "garbled")).seq);

/** What a service says of its projections in `nats micro stats`. */
async function figuresOf({ administrator }: TestSystem, service: string): Promise<unknown> {
  for await (const { endpoints } of await new Svcm(administrator.connection).client().stats(service)) {
    const health = endpoints?.find(({ name }) => name === "health");
    return (health?.data as { figures?: unknown } | undefined)?.figures;
  }
  return undefined;
}

async function aSystem() {
  const system = await startSystem();
  onTestFinished(() => system[Symbol.asyncDispose]());
  return { system, ops: system.administrator, alice: await system.person("alice"), bob: await system.person("bob") };
}

test("each projection says how far it is", async () => {
  const { ops, alice } = await aSystem();
  const { after } = await alice.catalog.create({ catalog: CatalogName.parse("photos") });
  await alice.library.mine({ after });
  // A query is answered as soon as its rows are written; the durable hears of it a moment later.
  const catalogs = async () =>
    (await ops.library.status({})).projections.find(({ projection }) => projection === "catalogs");
  await expect
    .poll(catalogs, { timeout: 20_000 })
    .toMatchObject({ sequence: after, behind: 0, parked: 0, side: "a", writes: true });
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
  await expect.poll(sideOfShares).toBe("b");
  expect(await bob.library.inbox({})).toEqual(before);
  expect(await ops.library.parked({ projection: "shares" })).toEqual({ rows: [] });
});

test("from the moment that a rebuild is answered until its rows are read, every process says so", async () => {
  const { system, ops } = await aSystem();
  await Promise.all([system.platform.another("projector"), system.platform.another("accounts")]);
  for (const [of, projection] of [
    [ops.library, "shares"],
    [ops.accounts, "access"],
  ] as const) {
    const standing = async () => (await of.status({})).projections.find((each) => each.projection === projection);
    await of.rebuild({ projection });
    // Whoever is asked: as soon as one says that it is over, it reads the new rows.
    let now = await standing();
    for (const until = Date.now() + 20_000; now?.rebuilt !== undefined && Date.now() < until;) now = await standing();
    expect(now).toMatchObject({ side: "b" });
    expect(now).not.toHaveProperty("rebuilt");
  }
});

test("the access projection is rebuilt, and everybody may do what they might before", async () => {
  const { ops, alice, bob } = await aSystem();
  await ops.accounts.rebuild({ projection: "access" });
  const side = async () => (await ops.accounts.status({})).projections[0]?.side;
  await expect.poll(side).toBe("b");
  for (const person of [alice, bob]) {
    await expect(person.library.whoami({})).resolves.toMatchObject({ account: person.account });
  }
});

test("what a projection cannot take in is told to administrators, counted, and skipped; all else goes on", async () => {
  const { system, ops, alice, bob } = await aSystem();
  const photos = CatalogName.parse("photos");
  await alice.catalog.create({ catalog: photos });
  const heard = noticesOf(ops);
  const sequence = await garble(system, `events.catalog.${alice.account}.photos.described`);
  await expect
    .poll(() => heard.filter(({ kind }) => kind === "parked"))
    .toContainEqual({
      kind: "parked",
      projection: "catalogs",
      sequence,
      reason: "not a CloudEvent",
    });
  await expect
    .poll(() => heard)
    .toContainEqual({ kind: "parked", projection: "access", sequence, reason: "not a CloudEvent" });
  const { after } = await bob.catalog.create({ catalog: photos });
  expect((await bob.library.mine({ after })).rows).toHaveLength(1);
  await expect
    .poll(() => figuresOf(system, "projector"))
    .toMatchObject({ catalogs: { parked: 1, behind: 0 }, shares: { parked: 0 } });
  expect(await figuresOf(system, "accounts")).toMatchObject({ access: { parked: 1 } });

  expect(await ops.library.retry({ projection: "catalogs", sequence })).toMatchObject({ parked: 1 });
  expect(await ops.library.skip({ projection: "catalogs", sequence })).toMatchObject({ parked: 0 });
  expect(await ops.library.parked({ projection: "catalogs" })).toEqual({ rows: [] });
  expect((await ops.library.parked({ projection: "activity" })).rows).toMatchObject([{ sequence }]);
  // The same command, of the other service that keeps projections, of one that does not know the event, and by nobody.
  expect(await ops.accounts.skip({ projection: "access", sequence })).toMatchObject({ parked: 0 });
  await expect(ops.library.skip({ projection: "shares", sequence })).rejects.toMatchObject({
    reason: "event_not_parked",
  });
  await expect(ops.accounts.retry({ projection: "shares" })).rejects.toMatchObject({ reason: "projection_unknown" });
  await expect(alice.library.skip({ projection: "catalogs", sequence })).rejects.toMatchObject({
    reason: "not_administrator",
  });
});

test("each reaction says how many events and timers it waits for, and how many of those fail", async () => {
  const { system, ops, alice, bob } = await aSystem();
  const id = { owner: alice.account, catalog: CatalogName.parse("photos"), recipient: bob.account };
  const sequence = await garble(system, eventSubject(shareEvents, id, "shared"));
  // What is due is about something that cannot be read.
  await asCatalog(system, (connection) => setTimer(connection, shareEvents, id, new Date()));
  const reactions = async () =>
    Object.fromEntries(
      (await ops.catalog.status({})).reactions.map(({ reaction, ...standing }) => [reaction, standing]),
    );
  const atRest = { behind: 0, milliseconds: 0, failing: 0 };
  const failing = { behind: 1, milliseconds: expect.any(Number), failing: 1 };
  const others = {
    retirements: atRest,
    withdrawals: atRest,
    closures: atRest,
    publications: atRest,
    due_publications: atRest,
  };
  await expect.poll(reactions, { timeout: 40_000 }).toEqual({ ...others, grants: failing, due_grants: failing });
  await ops.accounts.skip({ projection: "access", sequence });
  await expect.poll(reactions, { timeout: 60_000 }).toEqual({ ...others, grants: atRest, due_grants: atRest });
  for (const { status } of [ops.codes, ops.library, ops.accounts]) {
    expect((await status({})).reactions.map(({ fault }) => fault)).not.toContainEqual(expect.any(String));
  }
});

test("a durable that is taken away is made again where services are kept running, and rows go on", async () => {
  const { system, alice } = await aSystem();
  const stopped = new AbortController();
  onTestFinished(() => stopped.abort());
  const told: string[] = [];
  void supervise(system.platform, stopped.signal, (what) => told.push(what));
  await alice.catalog.create({ catalog: CatalogName.parse("photos") });
  const creds = { file: system.platform.installation.creds("bootstrap") };
  const bootstrap = await connect({ servers: system.platform.nats.url, creds, name: "bootstrap", log: silentLog() });
  await (await jetstreamManager(bootstrap)).consumers.delete(eventStream, sideOf(catalogs, "a").name);
  await bootstrap.close();
  await alice.catalog.create({ catalog: CatalogName.parse("music") });
  const mine = () =>
    alice.library.mine({}).then(
      ({ rows }) => rows.length,
      () => undefined,
    );
  await expect.poll(mine, { timeout: 60_000 }).toBe(2);
  expect(told).toEqual([expect.stringContaining("the service projector has ended by itself")]);
});

test("a bucket that is gone is named where projections are asked how they stand, and made before it can be filled", async () => {
  const { system, ops } = await aSystem();
  const creds = { file: system.platform.installation.creds("bootstrap") };
  const bootstrap = await connect({ servers: system.platform.nats.url, creds, name: "bootstrap", log: silentLog() });
  await (await jetstreamManager(bootstrap)).streams.delete(bucketStream(sideOf(shares, "b").name));
  await bootstrap.close();
  const standing = async () =>
    (await ops.library.status({})).projections.find(({ projection }) => projection === shares.name);
  const rebuild = () => ops.library.rebuild({ projection: shares.name });
  expect(await standing()).toMatchObject({ side: "a", fault: "stream not found" });
  await expect(rebuild()).rejects.toMatchObject({ reason: "not_provided" });
  await system.platform.provide(AbortSignal.timeout(60_000));
  await rebuild();
  await expect.poll(standing).toMatchObject({ side: "b" });
  await expect.poll(standing).not.toHaveProperty("fault");
});

test("nobody else may ask, and what there is not is refused by name", async () => {
  const { ops, alice } = await aSystem();
  for (const { status } of [alice.library, alice.accounts, alice.catalog, alice.codes])
    await expect(status({})).rejects.toMatchObject({ reason: "not_administrator" });
  await expect(alice.accounts.rebuild({ projection: "access" })).rejects.toMatchObject({ reason: "not_administrator" });
  await expect(ops.library.rebuild({ projection: "nothing" })).rejects.toMatchObject({ reason: "projection_unknown" });
});
