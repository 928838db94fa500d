/** Events that nobody can read hold back their own aggregates and nobody else, and cost nothing while they stand aside. */
import { sideOf } from "@natster/contracts";
import { shareEvents } from "@natster/contracts/catalog";
import { FeedNotice, shares } from "@natster/contracts/library";
import { eventStream, feedSubject } from "@natster/contracts/platform";
import type { CloudEvent } from "@natster/micro/event";
import { openRows } from "@natster/micro/rows";
import { startSystem } from "@natster/testing";
import { jetstreamManager } from "@nats-io/jetstream";
import { expect, onTestFinished, test } from "vitest";
import { fillShares, manyPairs } from "../bench/fill.ts";
import { connectFully } from "./everything.fixture.ts";

const [events, catalogs] = [10_000, 1_000];
const typeAt = (position: number) => (Math.floor(position / catalogs) % 2 === 0 ? "shared" : "unshared");
/** Ten of them, each of another aggregate, at different places of its history. */
const poisoned = Array.from({ length: 10 }, (_, index) => index * catalogs + 17 * index + 3);

test(
  "of ten thousand events ten that cannot be read stand aside, with those behind them, until they can; all others are applied",
  { timeout: 600_000 },
  async () => {
    await using system = await startSystem({ apart: ["accounts", "catalog"] });
    // They have no part in this, and what they make of ten thousand shares would only take the machine.
    await Promise.all([system.processes.kill("accounts"), system.processes.kill("catalog")]);
    await using full = await connectFully(system);
    const manager = await jetstreamManager(full.connection);
    const before = (await manager.streams.info(eventStream)).state.last_seq;
    // As a newer version writes them, that this one does not know.
    const instead = (at: number, { dataschema, ...event }: CloudEvent) =>
      poisoned.includes(at) ? JSON.stringify({ ...event, dataschema: dataschema.replace(/:1$/, ":2") }) : undefined;
    const pairs = await fillShares(full.connection, { events, pairs: manyPairs(catalogs), instead });
    const sequenceOf = (position: number) => before + position + 1;

    const { library } = system.administrator;
    const status = async () =>
      (await library.status({})).projections.find(({ projection }) => projection === shares.name);
    await expect.poll(status, { timeout: 300_000 }).toMatchObject({ sequence: sequenceOf(events - 1), behind: 0 });

    // What stands aside: each of the ten, and whatever came after it in its aggregate.
    const expected = poisoned.flatMap((position) =>
      Array.from({ length: (events - (position - (position % catalogs))) / catalogs }, (_, turn) => ({
        sequence: sequenceOf(position + turn * catalogs),
        reason: turn > 0 ? `behind ${sequenceOf(position)}` : `${typeAt(position)} has no version 2 that is known here`,
      })),
    );
    const parked: { sequence: number; reason: string }[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await library.parked({ projection: shares.name, limit: 100, ...(cursor && { cursor }) });
      parked.push(...page.rows.map(({ sequence, reason }) => ({ sequence, reason })));
      if (!page.cursor) break;
      ({ cursor } = page);
    }
    const inOrder = (rows: typeof parked) => rows.toSorted((one, other) => one.sequence - other.sequence);
    expect(inOrder(parked)).toEqual(inOrder(expected));

    // Every row has seen the last event of its share that could be read.
    const rows = await openRows(full.connection, sideOf(shares, "a"));
    const wrongRows = async (lastOf: (index: number) => number) => {
      const seen = new Map<string, number>();
      for await (const { key, sequence } of rows.scan("out.*.*.*")) seen.set(key, sequence);
      return pairs.filter(({ id }, index) => {
        const last = lastOf(index);
        return seen.get(`out.${id.owner}.${id.catalog}.${id.recipient}`) !== (last < 0 ? undefined : sequenceOf(last));
      });
    };
    const lastOf = (index: number) => events - catalogs + index;
    const beforePoison = (index: number) => {
      const poison = poisoned.find((position) => position % catalogs === index);
      return poison === undefined ? lastOf(index) : poison - catalogs;
    };
    expect(await wrongRows(beforePoison)).toEqual([]);

    await fillShares(full.connection, { events: 100, pairs: manyPairs(100) });
    await expect.poll(status, { timeout: 120_000 }).toMatchObject({ sequence: sequenceOf(events + 99), behind: 0 });

    // The version that was not known is: what stands aside is taken in, each once and in the order of its share.
    const known = Object.assign(shareEvents, {
      history: Object.fromEntries(
        (["shared", "unshared"] as const).map((type) => [
          type,
          [{ data: shareEvents.types[type], upcast: (data: unknown) => data }],
        ]),
      ),
    });
    onTestFinished(() => void Reflect.deleteProperty(known, "history"));
    await using platform = await connectFully(system, "platform");
    const told = new Map<string, Set<number>>();
    platform.connection.subscribe(feedSubject("*", "share"), {
      callback: (_, message) => {
        const notice = FeedNotice.parse(message.json());
        // Where a batch is taken again, so are its notices.
        if (notice.kind === "share")
          told.set(message.subject, (told.get(message.subject) ?? new Set()).add(notice.sequence));
      },
    });
    await platform.connection.flush();
    expect(await library.retry({ projection: shares.name })).toMatchObject({ parked: 0 });
    const inOrderOfTheLog = new Map(
      poisoned.flatMap((position) => {
        const { id } = given(pairs[position % catalogs]);
        const behind = expected.filter(
          ({ sequence }) => sequence >= sequenceOf(position) && (sequence - sequenceOf(position)) % catalogs === 0,
        );
        const sequences = behind.map(({ sequence }) => sequence);
        return [id.owner, id.recipient].map((account) => [feedSubject(account, "share"), sequences] as const);
      }),
    );
    // What else was on its way may be told of again.
    const inTurn = () =>
      new Map([...inOrderOfTheLog.keys()].map((subject) => [subject, [...(told.get(subject) ?? [])]] as const));
    await expect.poll(inTurn).toEqual(inOrderOfTheLog);
    expect(await wrongRows(lastOf)).toEqual([]);
    await expect.poll(status, { timeout: 120_000 }).toMatchObject({ behind: 0, parked: 0 });
    // Nothing was delivered again and again, neither while it stood aside nor when it was tried again: each event once, and
    // what was on its way where the durable was rewound.
    const deliveries = async () => {
      const { delivered, num_ack_pending } = await manager.consumers.info(eventStream, sideOf(shares, "a").name);
      return { delivered: delivered.consumer_seq, unacknowledged: num_ack_pending };
    };
    await expect.poll(deliveries).toMatchObject({ unacknowledged: 0 });
    expect((await deliveries()).delivered).toBeLessThan(2 * events);
  },
);

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("there is a pair at each position");
  return value;
}
