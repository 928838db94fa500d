/** The log projected in parts, on a real nats-server: what comes of it is what comes of one, whoever fills which part. */
import { type AccountKey, isOfPart, partitionOf, partName, partsOf } from "@natster/contracts";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { beforeEach, describe, expect, test } from "vitest";
import { decisions } from "../events/decisions.ts";
import {
  command,
  connection,
  log,
  type Names,
  names,
  namesOf,
  nats,
  poison,
  rename,
  runNames,
  startNatsForEach,
} from "../names.fixture.ts";
import { someone } from "../nats.fixture.ts";
import type { ProjectionOptions } from "./projector.ts";
import { provision } from "../provision.ts";

startNatsForEach();

const count = 3;
beforeEach(() => provision(connection, { partitions: count }));

const run = (options: Partial<ProjectionOptions> = {}, projection = names) =>
  runNames({ partitions: count, ...options }, projection);
const within = { timeout: 30_000 };
const partOf = (account: AccountKey) => partitionOf(`events.account.${account}.renamed`, count);
/** People of every part, several of each. */
function everybody(): AccountKey[] {
  const people: AccountKey[] = [];
  while (new Set(people.map(partOf)).size < count || people.length < 9) people.push(someone());
  return people;
}
/** Resolves when what was recorded at a sequence is in the rows. */
const reached = (projection: Names, after: number) =>
  expect.poll(() => projection.lag.sequence, within).toBeGreaterThanOrEqual(after);
/** How many deliveries the durable of each part has made. */
const delivered = async () => {
  const manager = await jetstreamManager(connection);
  const infos = partsOf(count).map((part) => manager.consumers.info("EVENTS", partName("people_a", part)));
  return (await Promise.all(infos)).map((info) => info.delivered.consumer_seq);
};

describe("in three parts", () => {
  test("each aggregate has its events in their order, while processes come and go", async () => {
    const people = everybody();
    const expected = new Map<AccountKey, string[]>(people.map((account) => [account, []]));
    let runs = [await run(), await run(), await run()];
    for (let round = 0; round < 5; round++) {
      for (const [index, account] of people.entries()) {
        const handle = `name-${round}-${index}`;
        expected.get(account)?.push(handle);
        await rename(account, handle);
      }
      const [oldest, ...others] = runs;
      runs = [...others, await run()];
      await oldest?.[Symbol.asyncDispose]();
    }
    const [reader] = runs;
    if (!reader) throw new Error("three run");
    // Of a part that another process writes, it knows no more than up to where there was something to read.
    await expect.poll(async () => (await reader.status()).behind, within).toBe(0);
    for (const account of people) {
      await expect.poll(() => namesOf(reader, account), within).toEqual(expected.get(account));
    }
    await Promise.all(runs.map((each) => each[Symbol.asyncDispose]()));
  });

  test("rows are those of one part", async () => {
    const people = everybody();
    let after = 0;
    for (const [index, account] of people.entries()) after = await rename(account, `kim-${index}`, `lee-${index}`);
    const rowsOf = async (projection: Names) => {
      const found: [string, unknown][] = [];
      for await (const { key, row, sequence } of projection.rows.scan(">")) {
        if (row && !key.startsWith("checkpoint")) found.push([key, { row, sequence }]);
      }
      return Object.fromEntries(found.toSorted(([one], [other]) => one.localeCompare(other)));
    };
    let inOne: unknown;
    {
      await using one = await run({ partitions: 1 });
      await expect.poll(() => one.lag.sequence, within).toBe(after);
      inOne = await rowsOf(one);
    }
    // Another number of parts is a rebuild into durables of their own.
    await using three = await run();
    await expect.poll(() => three.lag.side, within).toBe("b");
    expect(await rowsOf(three)).toEqual(inOne);
    expect((await three.status()).parts).toHaveLength(count);
  });

  test("one that is killed is replaced in its part by another, and no event of it is lost or doubled", async () => {
    const people = everybody();
    const gone = await nats.connect();
    const first = await run({ connection: gone });
    for (const account of people) await reached(first, await rename(account, "kim"));
    await using second = await run();
    await gone.close();
    let after = 0;
    for (const account of people) after = await rename(account, "lee", "max");
    await expect.poll(() => second.lag.sequence, within).toBe(after);
    for (const account of people) expect(await namesOf(second, account)).toEqual(["kim", "lee", "max"]);
    expect(second.lag.writes).toBe(true);
  });

  test("status says how far each part is, and a query waits for the part that it needs", async () => {
    await using projection = await run();
    let after = 0;
    for (const account of everybody()) after = await rename(account, "kim");
    const part = { sequence: after, behind: 0, milliseconds: 0 };
    await expect.poll(() => projection.status(), within).toMatchObject({ ...part, parts: [part, part, part] });
    await expect(projection.caughtUp(after)).resolves.toBeUndefined();
    // Every event went to every part's durable, which passes over those of the others.
    await expect.poll(delivered, within).toEqual([after, after, after]);
  });

  test("what stands aside does so once, and is tried again by the part that it is of", async () => {
    const people = everybody();
    poison.add("poison");
    await using projection = await run();
    let after = 0;
    for (const account of people) after = await rename(account, "poison", "kim");
    await expect.poll(() => projection.lag.sequence, within).toBe(after);
    expect(await projection.status()).toMatchObject({ parked: 2 * people.length });
    poison.clear();
    const id = { service: "projector", projection: "people" };
    await log.append(decisions, id, () => [{ type: "retried", data: {} }], command(someone()));
    await expect.poll(async () => (await projection.status()).parked, within).toBe(0);
    for (const account of people) expect(await namesOf(projection, account)).toEqual(["poison", "kim"]);
    await expect.poll(() => projection.lag.parked, within).toBe(0);
  });
});

test("from three parts back to one is a rebuild too", async () => {
  const people = everybody();
  let after = 0;
  {
    await using three = await run();
    for (const account of people) after = await rename(account, "kim");
    await reached(three, after);
  }
  await using one = await run({ partitions: 1 });
  await expect.poll(() => one.lag.side, within).toBe("b");
  for (const account of people) expect(await namesOf(one, account)).toEqual(["kim"]);
  expect((await one.status()).parts).toBeUndefined();
});

test("a projection that is not divided is filled in one part whatever is asked", async () => {
  const whole = { ...names, into: { ...names.into, undivided: true } };
  await using projection = await run({}, whole);
  await reached(projection, await rename(someone(), "kim"));
  expect((await projection.status()).parts).toBeUndefined();
});

test("nats-server's own subject transform puts every aggregate into the same part", async () => {
  const manager = await jetstreamManager(connection);
  await manager.streams.add({
    name: "TRANSFORMED",
    subjects: ["said.share.*.*.*.*"],
    subject_transform: {
      src: "said.share.*.*.*.*",
      dest: `part.{{partition(${count},1,2,3)}}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}.{{wildcard(4)}}`,
    },
  });
  const js = jetstream(connection);
  for (let index = 0; index < 50; index++) {
    const aggregate = `${someone()}.catalog-${index}.${someone()}`;
    const { seq } = await js.publish(`said.share.${aggregate}.shared`);
    const stored = await manager.streams.getMessage("TRANSFORMED", { seq });
    const part = partsOf(count).find((each) => isOfPart(`events.share.${aggregate}.shared`, each));
    expect(stored?.subject).toBe(`part.${part?.index}.${aggregate}.shared`);
  }
});
