/** One side of a projection on a real nats-server: rows follow the log, whatever comes twice, late, or in a shape nobody knows. */
import { type AccountKey, bucketStream, bucketSubject, Handle, sideRecords } from "@natster/contracts";
import { accountEvents, handleEvents } from "@natster/contracts/accounts";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, test, vi } from "vitest";
import { defineAggregate } from "../events/aggregate.ts";
import { command, connection, log, named, nats, people, rename, type Row, startNatsForEach } from "../names.fixture.ts";
import { recordingLog, someone } from "../nats.fixture.ts";
import { defineProjection } from "./projection.ts";
import type { Applied } from "./fold.ts";
import { provision } from "../provision.ts";
import { openRows } from "./rows.ts";
import { type RunningSide, runSide, type SideOptions } from "./side.ts";

startNatsForEach();

const bucket = { ...people, name: "people_a" };

/** A name that the projection below cannot take in. */
const poison = "poison";

const names = defineProjection(bucket, (from) => [
  from(accountEvents, {
    key: ({ account }) => `account.${account}`,
    evolve: (row, { type, data }) => {
      if (type === "closed") return undefined;
      const handle = type === "registered" || type === "renamed" ? data.handle : undefined;
      if (handle === poison) throw new Error("this name is poison");
      return { names: [...(row?.names ?? []), handle ?? type] };
    },
  }),
  // Two rows of one aggregate.
  from(accountEvents, {
    key: ({ account }) => `count.${account}`,
    evolve: (row, { type }) => ({ names: [...(row?.names ?? []), type] }),
  }),
]);

const close = (account: AccountKey) =>
  log.append(named, { account }, () => [{ type: "closed", data: {} }], command(account));
/** Puts something into the log that nobody can read. */
const garble = async (account: AccountKey): Promise<number> =>
  (await jetstream(connection).publish(`events.account.${account}.renamed`, "garbled")).seq;

type Names = RunningSide<Row>;
const run = (options: Partial<SideOptions> = {}): Promise<Names> =>
  runSide(names, { connection, log: recordingLog().log, ...options });
const namesOf = async (projection: Names, account: AccountKey) =>
  (await projection.rows.get(`account.${account}`))?.row.names;

/** Every row that stands in the bucket, and which event it has seen last. */
async function everything(projection: Names): Promise<Record<string, unknown>> {
  const found: [string, unknown][] = [];
  for await (const { key, row, sequence } of projection.rows.scan(">"))
    if (key !== "checkpoint") found.push([key, { row, sequence }]);
  return Object.fromEntries(found.toSorted(([one], [other]) => one.localeCompare(other)));
}
const revisionsIn = async (): Promise<number> => {
  const manager = await jetstreamManager(connection);
  return (await manager.streams.info(bucketStream(bucket.name))).state.last_seq;
};
/** Up to where the position of the rows is written down, which it is last of all. */
const positionOf = async (): Promise<number | undefined> =>
  (await (await openRows(connection, sideRecords)).get(bucket.name))?.sequence;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("rows", () => {
  test("follow from events, and say what they have seen", async () => {
    const account = someone();
    await using projection = await run();
    await rename(account, "kim");
    const after = await rename(account, "lee");
    await projection.caughtUp(after);
    expect(await projection.rows.get(`account.${account}`)).toEqual({
      key: `account.${account}`,
      row: { names: ["kim", "lee"] },
      sequence: after,
    });
    expect(await projection.rows.get(`count.${account}`)).toMatchObject({ row: { names: ["renamed", "renamed"] } });
    await expect.poll(() => projection.lag).toMatchObject({ sequence: after, behind: 0, parked: 0, writes: true });
  });

  test("that are gone are gone, and come back with what happens next", async () => {
    const account = someone();
    await using projection = await run();
    await rename(account, "kim");
    await projection.caughtUp(await close(account));
    expect(await namesOf(projection, account)).toBeUndefined();
    await projection.caughtUp(await rename(account, "max"));
    expect(await namesOf(projection, account)).toEqual(["max"]);
  });

  test("of a backlog of a thousand events are each written a few times only", async () => {
    const account = someone();
    const handles = Array.from({ length: 250 }, (_, index) => `name-${index}`);
    let after = 0;
    for (let round = 0; round < 4; round++) after = await rename(account, ...handles);
    await using projection = await run();
    await projection.caughtUp(after);
    expect(await namesOf(projection, account)).toEqual([...handles, ...handles, ...handles, ...handles]);
    expect(await revisionsIn()).toBeLessThan(100);
  });

  test("are told of once they are written, with the events that made them", async () => {
    const account = someone();
    const told: Applied[] = [];
    let first: unknown;
    const afterRows = async (applied: readonly Applied[]) => {
      first ??= await projection.rows.get(`account.${account}`);
      told.push(...applied);
    };
    await using projection = await run({ afterRows });
    const after = await rename(account, "kim");
    await projection.caughtUp(after);
    expect(first).toMatchObject({ row: { names: ["kim"] } });
    expect(told).toMatchObject([{ id: { account }, event: { type: "renamed", sequence: after } }]);
  });
});

describe("what comes again", () => {
  test("changes nothing: the checkpoint is lost, all is read again, and every row stays as it was", async () => {
    const [one, other] = [someone(), someone()];
    await rename(one, "kim", "lee");
    await rename(other, "max");
    const after = await close(other);
    let projection = await run();
    await projection.caughtUp(after);
    const before = await everything(projection);
    await projection[Symbol.asyncDispose]();

    const manager = await jetstreamManager(connection);
    await manager.streams.purge(bucketStream(bucket.name), { filter: bucketSubject(bucket.name, "checkpoint") });
    const revision = await revisionsIn();
    const told: Applied[] = [];
    projection = await run({ afterRows: (applied) => Promise.resolve(void told.push(...applied)) });
    await vi.waitFor(() => expect(projection.lag.sequence).toBe(after), 20_000);
    expect(told).toHaveLength(4);
    expect(await everything(projection)).toEqual(before);
    // Only the checkpoint was written.
    await projection[Symbol.asyncDispose]();
    expect(await revisionsIn()).toBe(revision + 1);
  });

  test("is nothing where the checkpoint is there: a new process goes on behind it", async () => {
    const account = someone();
    let projection = await run();
    const after = await rename(account, "kim");
    await projection.caughtUp(after);
    await projection[Symbol.asyncDispose]();
    const told: Applied[] = [];
    projection = await run({ afterRows: (applied) => Promise.resolve(void told.push(...applied)) });
    expect(projection.lag.sequence).toBe(after);
    const next = await rename(account, "lee");
    await projection.caughtUp(next);
    expect(told.map(({ event }) => event.sequence)).toEqual([next]);
    await projection[Symbol.asyncDispose]();
  });

  test("fills a bucket that was emptied with the same rows", async () => {
    const account = someone();
    await rename(account, "kim");
    const after = await rename(account, "lee");
    let projection = await run();
    await projection.caughtUp(after);
    const before = await everything(projection);
    await projection[Symbol.asyncDispose]();
    const manager = await jetstreamManager(connection);
    await manager.streams.purge(bucketStream(bucket.name));
    projection = await run();
    await vi.waitFor(() => expect(projection.lag.sequence).toBe(after), 20_000);
    expect(await everything(projection)).toEqual(before);
    await projection[Symbol.asyncDispose]();
  });

  test("after what was told of them failed is told again, and the rows stay as they were", async () => {
    const account = someone();
    const { log, lines } = recordingLog();
    let fail = 2;
    const told: number[] = [];
    const afterRows = (applied: readonly Applied[]) => {
      told.push(...applied.map(({ event }) => event.sequence));
      return fail-- > 0 ? Promise.reject(new Error("nobody listens")) : Promise.resolve();
    };
    await using projection = await run({ log, afterRows });
    const after = await rename(account, "kim");
    await vi.waitFor(() => expect(told).toEqual([after, after, after]), 20_000);
    await vi.waitFor(() => expect(projection.lag.sequence).toBe(after), 20_000);
    expect(await namesOf(projection, account)).toEqual(["kim"]);
    // Said once, and once that it is over.
    const said = () =>
      expect(lines.map(({ msg }) => msg)).toEqual(["cannot write rows, trying again", "rows are written again"]);
    await vi.waitFor(said, 20_000);
  });

  test("after a row could not be written is written then", async () => {
    const account = someone();
    const manager = await jetstreamManager(connection);
    const stream = bucketStream(bucket.name);
    const { config } = await manager.streams.info(stream);
    const { log, lines } = recordingLog();
    await using projection = await run({ log });
    await projection.caughtUp(await rename(account, "kim"));
    // The bucket is full: nats-server refuses the rows, not the events.
    await manager.streams.update(stream, { ...config, max_msg_size: 64 });
    const after = await rename(account, "lee");
    await vi.waitFor(() => expect(lines.map(({ msg }) => msg)).toContain("cannot write rows, trying again"), 20_000);
    await manager.streams.update(stream, { ...config, max_msg_size: -1 });
    await vi.waitFor(() => expect(projection.lag.sequence).toBe(after), 20_000);
    expect(await namesOf(projection, account)).toEqual(["kim", "lee"]);
  });

  test("is not lost where somebody else wrote one of very many rows meanwhile", async () => {
    const people = Array.from({ length: 60 }, someone);
    await using projection = await run();
    await projection.caughtUp(Math.max(...(await Promise.all(people.map((account) => rename(account, "kim"))))));
    const [account] = people;
    if (!account) throw new Error("there are people");
    const there = await projection.rows.get(`account.${account}`);
    const body = JSON.stringify({ sequence: there?.sequence, row: there?.row });
    await jetstream(connection).publish(bucketSubject(bucket.name, `account.${account}`), body);
    const after = Math.max(...(await Promise.all(people.map((each) => rename(each, "lee", "max")))));
    await expect.poll(() => projection.lag.sequence, { timeout: 20_000 }).toBe(after);
    for (const each of people) expect(await namesOf(projection, each)).toEqual(["kim", "lee", "max"]);
  });

  test("of very many rows at once is what one event after the other makes of them", async () => {
    const people = Array.from({ length: 200 }, someone);
    for (const handle of ["kim", "lee", "max"]) await Promise.all(people.map((account) => rename(account, handle)));
    const gone = new Set(people.slice(0, 50));
    const after = Math.max(...(await Promise.all([...gone].map(close))));
    await using projection = await run();
    await expect.poll(() => projection.lag.sequence, { timeout: 20_000 }).toBe(after);
    for (const each of people) {
      expect(await namesOf(projection, each)).toEqual(gone.has(each) ? undefined : ["kim", "lee", "max"]);
      expect((await projection.rows.get(`count.${each}`))?.row.names).toHaveLength(gone.has(each) ? 4 : 3);
    }
  });

  test("that was delivered to a process that is gone is taken in by another, also where nothing follows", async () => {
    const account = someone();
    const gone = await nats.connect();
    const delivered = Promise.withResolvers<void>();
    const afterRows = () => {
      delivered.resolve();
      return new Promise<void>(() => undefined);
    };
    await run({ connection: gone, afterRows });
    const after = await rename(account, "kim");
    await delivered.promise;
    await using second = await run();
    await gone.close();
    // Long before nats-server would deliver it again by itself.
    await expect.poll(() => second.lag.sequence).toBe(after);
    expect(await namesOf(second, account)).toEqual(["kim"]);
  });

  test("that was lost on its way is delivered again within seconds, also where nothing follows", async () => {
    const account = someone();
    await using projection = await run();
    await projection.caughtUp(await rename(account, "kim"));
    // Asks in its name, and gets in its place what nats-server hands out in turns.
    let stolen = 0;
    connection.subscribe("stolen", { callback: (_, { data }) => void (stolen += data.length > 0 ? 1 : 0) });
    const thief = { batch: 1, expires: 60e9, group: "one", id: await projection.writer() };
    connection.publish("$JS.API.CONSUMER.MSG.NEXT.EVENTS.people_a", JSON.stringify(thief), { reply: "stolen" });
    let after = 0;
    const settled = () => expect.poll(() => stolen > 0 || projection.lag.sequence >= after).toBe(true);
    for (let times = 0; stolen === 0; times++) {
      after = await rename(account, `name-${times}`);
      await settled();
    }
    await expect.poll(() => projection.lag.sequence).toBe(after);
    expect((await namesOf(projection, account))?.at(-1)).toMatch("name-");
    await expect.poll(async () => (await projection.measure()).behind).toBe(0);
  });

  test("is not lost where somebody else wrote a row meanwhile", async () => {
    const account = someone();
    await using projection = await run();
    const first = await rename(account, "kim");
    await projection.caughtUp(first);
    // Another process wrote the same row anew: what is remembered here is out of date.
    const body = JSON.stringify({ sequence: first, row: { names: ["kim"] } });
    await jetstream(connection).publish(bucketSubject(bucket.name, `account.${account}`), body);
    await projection.caughtUp(await rename(account, "lee"));
    expect(await namesOf(projection, account)).toEqual(["kim", "lee"]);
  });
});

describe("reading what one has written", () => {
  test("waits for the rows", async () => {
    const account = someone();
    await using projection = await run({ afterRows: () => sleep(150).then(() => undefined) });
    const after = await rename(account, "kim");
    await projection.caughtUp(after);
    expect(projection.lag.sequence).toBe(after);
  });

  test("waits for nothing where nothing is to be waited for", async () => {
    await using projection = await run();
    await expect(projection.caughtUp(undefined)).resolves.toBeUndefined();
    await expect(projection.caughtUp(0)).resolves.toBeUndefined();
  });

  test("does not wait for rows of what the projection does not read", async () => {
    await using projection = await run();
    const { seq } = await jetstream(connection).publish(`events.code.S7KQ2M4T.issued`, "{}");
    // Had it waited, it would have been refused as behind.
    await expect(projection.caughtUp(seq)).resolves.toBeUndefined();
  });

  test("is refused as behind where nobody has recorded anything there", async () => {
    await using projection = await run();
    const after = await rename(someone(), "kim");
    await expect(projection.caughtUp(after + 1)).rejects.toMatchObject({ reason: "behind", code: 503 });
  });

  test("is refused as behind after two seconds", async () => {
    const account = someone();
    const open = Promise.withResolvers<void>();
    await using projection = await run({ afterRows: () => open.promise });
    const after = await rename(account, "kim");
    const began = Date.now();
    await expect(projection.caughtUp(after)).rejects.toMatchObject({ reason: "behind", code: 503 });
    expect(Date.now() - began).toBeGreaterThan(1_900);
    open.resolve();
    await projection.caughtUp(after);
    expect(projection.lag.sequence).toBe(after);
  });

  test("sees also what another process has written", async () => {
    const account = someone();
    await using writing = await run();
    const after = await rename(account, "kim");
    await writing.caughtUp(after);
    const elsewhere = await nats.connect();
    await using standing = await runSide(names, { connection: elsewhere, log: recordingLog().log });
    await standing.caughtUp(after);
    expect(await namesOf(standing, account)).toEqual(["kim"]);
  });
});

test("while an event waits for its rows, status says so and for how long, and then that nothing does", async () => {
  const open = Promise.withResolvers<void>();
  await using projection = await run({ afterRows: () => open.promise });
  const after = await rename(someone(), "kim");
  const lag = async () => {
    const { behind, milliseconds } = await projection.measure();
    return { behind, hasWaited: milliseconds >= 50 };
  };
  await expect.poll(lag, { timeout: 20_000 }).toEqual({ behind: 1, hasWaited: true });
  open.resolve();
  await expect
    .poll(() => projection.measure(), { timeout: 20_000 })
    .toMatchObject({ sequence: after, behind: 0, milliseconds: 0, writes: true });
});

describe("an event that cannot be taken in", () => {
  const parked = async (projection: Names) =>
    Object.entries(await everything(projection)).filter(([key]) => key.startsWith("parked."));

  test("stands aside with its reason, later ones of its aggregate behind it, and all others go on", async () => {
    const [ill, well] = [someone(), someone()];
    const { log, lines } = recordingLog();
    await rename(ill, "kim");
    const bad = await garble(ill);
    const behind =
      (await rename(well, "max"), (await jetstream(connection).publish(`events.account.${ill}.renamed`, "too")).seq);
    const after = await rename(well, "lee");
    await using projection = await run({ log });
    await projection.caughtUp(after);

    expect(await namesOf(projection, ill)).toEqual(["kim"]);
    expect(await namesOf(projection, well)).toEqual(["max", "lee"]);
    const subject = `events.account.${ill}.renamed`;
    expect(await parked(projection)).toEqual([
      [`parked.account.${ill}.${bad}`, { row: { subject, reason: "not a CloudEvent" }, sequence: bad }],
      [`parked.account.${ill}.${behind}`, { row: { subject, reason: `behind ${bad}` }, sequence: behind }],
    ]);
    await expect.poll(() => projection.lag).toMatchObject({ sequence: after, behind: 0, parked: 2 });
    expect(lines).toMatchObject([
      { level: 50, msg: "parked", sequence: bad, reason: "not a CloudEvent", projection: "people_a" },
      { level: 50, msg: "parked", sequence: behind, reason: `behind ${bad}` },
    ]);
  });

  test("is also one of a type that nobody knows; it is delivered once, as all others are", async () => {
    const account = someone();
    const { seq } = await jetstream(connection).publish(`events.account.${account}.unheard_of`, "{}");
    const after = await rename(someone(), "max");
    await using projection = await run();
    await projection.caughtUp(after);
    expect(await parked(projection)).toMatchObject([
      [`parked.account.${account}.${seq}`, { row: { reason: "events.account knows no event unheard_of" } }],
    ]);
    const manager = await jetstreamManager(connection);
    await expect
      .poll(() => manager.consumers.info("EVENTS", bucket.name))
      .toMatchObject({ num_redelivered: 0, num_ack_pending: 0, num_pending: 0 });
  });

  test("is one on which a row's evolve throws: none of its rows shows it", async () => {
    const account = someone();
    await rename(account, "kim");
    const bad = await rename(account, poison);
    const after = await rename(someone(), "max");
    await using projection = await run();
    await projection.caughtUp(after);
    expect(await namesOf(projection, account)).toEqual(["kim"]);
    expect(await projection.rows.get(`count.${account}`)).toMatchObject({ row: { names: ["renamed"] } });
    expect(await parked(projection)).toMatchObject([
      [`parked.account.${account}.${bad}`, { row: { reason: "this name is poison" } }],
    ]);
  });

  test("still stands aside after a restart, and keeps those of its aggregate behind it", async () => {
    const account = someone();
    const bad = await garble(account);
    let projection = await run();
    await projection.caughtUp(await rename(someone(), "max"));
    await projection[Symbol.asyncDispose]();

    const { log, lines } = recordingLog();
    projection = await run({ log });
    expect(projection.lag.parked).toBe(1);
    await jetstream(connection).publish(`events.account.${account}.closed`, "{}");
    await projection.caughtUp(await rename(someone(), "lee"));
    expect((await parked(projection)).map(([, slot]) => (slot as { row: { reason: string } }).row.reason)).toEqual([
      "not a CloudEvent",
      `behind ${bad}`,
    ]);
    expect(projection.lag.parked).toBe(2);
    expect(lines).toHaveLength(1);
    await projection[Symbol.asyncDispose]();
  });

  test("read again stands aside once, and is told of once", async () => {
    const account = someone();
    await rename(account, "kim");
    await garble(account);
    const after = await rename(someone(), "max");
    let projection = await run();
    await projection.caughtUp(after);
    const before = await everything(projection);
    await projection[Symbol.asyncDispose]();
    const manager = await jetstreamManager(connection);
    await manager.streams.purge(bucketStream(bucket.name), { filter: bucketSubject(bucket.name, "checkpoint") });
    const { log, lines } = recordingLog();
    projection = await run({ log });
    await vi.waitFor(() => expect(projection.lag.sequence).toBe(after), 20_000);
    expect(await everything(projection)).toEqual(before);
    expect(projection.lag.parked).toBe(1);
    expect(lines).toEqual([]);
    await projection[Symbol.asyncDispose]();
  });
});

describe("ending", () => {
  test("while rows cannot be written does not wait for better times", async () => {
    const projection = await run({ afterRows: () => Promise.reject(new Error("never")) });
    await rename(someone(), "kim");
    await sleep(200);
    await expect(projection[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  test("with its connection closed is an end all the same", async () => {
    const own = await nats.connect();
    const projection = await runSide(names, { connection: own, log: recordingLog().log });
    await own.close();
    const ended = projection[Symbol.asyncDispose]();
    expect(await Promise.race([ended.then(() => "ended"), sleep(2_000)])).toBe("ended");
  });

  test("of the durable that it reads is the end of its connection, and said once", async () => {
    const own = await nats.connect();
    const { log, lines } = recordingLog();
    await using projection = await runSide(names, { connection: own, log });
    await projection.caughtUp(await rename(someone(), "kim"));
    const manager = await jetstreamManager(connection);
    await manager.consumers.delete("EVENTS", "people_a");
    await own.closed();
    expect(lines).toMatchObject([{ level: 60, msg: "the projection cannot go on", projection: "people_a" }]);
  });

  test("cannot come before a beginning: a durable that is not there is said at once", async () => {
    const manager = await jetstreamManager(connection);
    await manager.consumers.delete("EVENTS", "people_a");
    await expect(run()).rejects.toThrow(/consumer not found/);
  });
});

describe("an event that a projection does not read", () => {
  const issue = async () => (await jetstream(connection).publish("events.code.S7KQ2M4T.issued", "{}")).seq;

  test("is passed over without a write, and so again by whoever comes next", async () => {
    const account = someone();
    const first = await run();
    await first.caughtUp(await rename(account, "kim"));
    const acknowledged = async () =>
      (await (await jetstreamManager(connection)).consumers.info("EVENTS", "people_a")).ack_floor.stream_seq;
    await expect.poll(acknowledged).toBe(first.lag.sequence);
    await expect.poll(positionOf).toBe(first.lag.sequence);
    const revision = await revisionsIn();
    const last = await issue();
    await expect.poll(acknowledged).toBe(last);
    expect(first.lag.sequence).toBe(last);
    expect(await revisionsIn()).toBe(revision);
    await first[Symbol.asyncDispose]();

    await using second = await run();
    await expect.poll(() => second.lag.sequence).toBe(last);
    await expect.poll(() => second.measure()).toMatchObject({ behind: 0, milliseconds: 0 });
    await second.caughtUp(await rename(account, "lee"));
    expect(await namesOf(second, account)).toEqual(["kim", "lee"]);
  });

  test("moves the checkpoint on where there are very many, so that nobody passes over all of them again", async () => {
    await using projection = await run();
    for (let turn = 0; turn < 15; turn++) await Promise.all(Array.from({ length: 100 }, issue));
    const last = await issue();
    await expect.poll(() => projection.lag.sequence).toBe(last);
    await expect.poll(positionOf).toBeGreaterThanOrEqual(1_000);
  });
});

test("a durable that was provided with several filters gets its one, and goes on where it was", async () => {
  const manager = await jetstreamManager(connection);
  const filters = ["events.account.*.*", "events.handle.*.*", "events.projection.projector.people.*"];
  await manager.consumers.update("EVENTS", "people_a", { filter_subjects: filters });
  const account = someone();
  const before = await run();
  await before.caughtUp(await rename(account, "kim"));
  await before[Symbol.asyncDispose]();

  await provision(connection);
  expect((await manager.consumers.info("EVENTS", "people_a")).config.filter_subjects).toEqual(["events.>"]);
  const told: Applied[] = [];
  await using after = await run({ afterRows: (applied) => Promise.resolve(void told.push(...applied)) });
  const next = await rename(account, "lee");
  await after.caughtUp(next);
  expect(told.map(({ event }) => event.sequence)).toEqual([next]);
  expect(await namesOf(after, account)).toEqual(["kim", "lee"]);
});

test("a family that a projection does not read leaves no rows", async () => {
  const handle = Handle.parse("kim");
  const owned = defineAggregate({ events: handleEvents, initial: 0, evolve: (times) => times + 1 });
  await using projection = await run();
  const account = someone();
  const after = await log.append(owned, { handle }, () => [{ type: "claimed", data: { account } }], command(account));
  await projection.caughtUp(after);
  expect(await everything(projection)).toEqual({});
});
