/** Reading a stream from its end, on a real nats-server. */
import { jetstream, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startNats, type TestNats } from "../nats.fixture.ts";
import { countFrom, readNewest } from "./newest.ts";
import { lastOf, readAll } from "./read-all.ts";

const stream = "KV_open_codes";
const under = (who: string) => `$KV.open_codes.${who}.*`;
/** Who each message is of, in the stream's order: one who is rare, one who comes in bursts, one who is everywhere. */
const order = Array.from({ length: 3_000 }, (_, index) =>
  index % 500 === 499 ? "rare" : index % 1_000 < 150 ? "burst" : "often",
);

let nats: TestNats;
let manager: JetStreamManager;

beforeAll(async () => {
  nats = await startNats();
  const connection = await nats.connect();
  manager = await jetstreamManager(connection);
  const js = jetstream(connection);
  for (let from = 0; from < order.length; from += 500) {
    const part = order.slice(from, from + 500);
    await Promise.all(part.map((who, index) => js.publish(`$KV.open_codes.${who}.${from + index + 1}`)));
  }
});
afterAll(() => nats?.[Symbol.asyncDispose]());

/** Where the messages of somebody stand. */
const places = (who: string) => order.flatMap((each, index) => (each === who ? [index + 1] : []));

test.for(["rare", "burst", "often", "nobody"])("pages from the end hold all of %s, the latest first", async (who) => {
  for (const limit of [1, 7, 100]) {
    const found: number[] = [];
    let before: number | undefined;
    do {
      const page = await readNewest(manager, stream, under(who), { before, limit });
      found.push(...page.map(({ seq }) => seq));
      before = page.length === limit && found.length < 500 ? page.at(-1)?.seq : undefined;
    } while (before !== undefined);
    expect(found).toEqual(places(who).toReversed().slice(0, found.length));
    expect(found.length).toBeGreaterThanOrEqual(Math.min(places(who).length, 500));
  }
});

test("counting reads one message, however many there are", async () => {
  expect(await countFrom(manager, stream, under("often"))).toEqual({ first: 151, count: places("often").length });
  expect(await countFrom(manager, stream, under("rare"), 1_001)).toEqual({ first: 1_500, count: 4 });
  expect(await countFrom(manager, stream, under("rare"), 3_001)).toEqual({ first: 3_001, count: 0 });
});

test("a page of many costs few requests", async () => {
  let asked = 0;
  const counting = {
    direct: {
      getMessage: manager.direct.getMessage.bind(manager.direct),
      getBatch: (...given: Parameters<typeof manager.direct.getBatch>) => {
        asked++;
        return manager.direct.getBatch(...given);
      },
    },
  } as unknown as JetStreamManager;
  await expect(readNewest(counting, stream, under("often"), { before: undefined, limit: 10 })).resolves.toHaveLength(
    10,
  );
  expect(asked).toBeLessThan(20);
});

test("what was read leaves nothing behind in nats-server", async () => {
  const subscriptions = async () => {
    const told = await fetch(new URL("connz?state=open", nats.server.monitorUrl));
    const { connections } = (await told.json()) as { connections: { subscriptions: number }[] };
    return connections.reduce((sum, each) => sum + each.subscriptions, 0);
  };
  const read = async (who: string) => {
    for await (const { subject } of readAll(manager, stream, under(who), 1, 100)) expect(subject).toMatch(who);
    await lastOf(manager, stream, [under(who).replace("*", "1"), under(who).replace("*", "151")]);
  };
  await read("often");
  const before = await subscriptions();
  for (const who of ["often", "rare", "nobody"]) await read(who);
  await expect.poll(subscriptions).toBe(before);
});
