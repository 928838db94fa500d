/** Events that nobody can read hold back their own aggregates and nobody else, and cost nothing while they stand aside. */
import { sideOf } from "@natster/contracts";
import { shares } from "@natster/contracts/library";
import { eventStream } from "@natster/contracts/platform";
import { openRows } from "@natster/micro/rows";
import { startSystem } from "@natster/testing";
import { jetstreamManager } from "@nats-io/jetstream";
import { expect, test } from "vitest";
import { fillShares, manyPairs } from "../bench/fill.ts";
import { connectFully } from "./everything.fixture.ts";

const [events, catalogs] = [10_000, 1_000];
/** Ten of them, each of another aggregate, at different places of its history. */
const poisoned = Array.from({ length: 10 }, (_, index) => index * catalogs + 17 * index + 3);

test(
  "of ten thousand events ten that cannot be read stand aside, with those behind them, and all others are applied",
  { timeout: 240_000 },
  async () => {
    await using system = await startSystem({ apart: ["projector"] });
    await using full = await connectFully(system);
    const manager = await jetstreamManager(full.connection);
    const before = (await manager.streams.info(eventStream)).state.last_seq;
    const instead = (at: number) => (poisoned.includes(at) ? Buffer.from("garbled") : undefined);
    const pairs = await fillShares(full.connection, { events, pairs: manyPairs(catalogs), instead });
    const sequenceOf = (position: number) => before + position + 1;

    const { library } = system.administrator;
    const status = async () =>
      (await library.status({})).projections.find(({ projection }) => projection === shares.name);
    await expect.poll(status, { timeout: 120_000 }).toMatchObject({ sequence: sequenceOf(events - 1), behind: 0 });

    // What stands aside: each of the ten, and whatever came after it in its aggregate.
    const expected = poisoned.flatMap((position) =>
      Array.from({ length: (events - (position - (position % catalogs))) / catalogs }, (_, turn) => ({
        sequence: sequenceOf(position + turn * catalogs),
        reason: turn === 0 ? "not a CloudEvent" : `behind ${sequenceOf(position)}`,
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
    const seen = new Map<string, number>();
    for await (const { key, sequence } of rows.scan("out.*.*.*")) seen.set(key, sequence);
    const wrong = pairs.filter(({ id }, index) => {
      const poison = poisoned.find((position) => position % catalogs === index);
      const last = poison === undefined ? events - catalogs + index : poison - catalogs;
      return seen.get(`out.${id.owner}.${id.catalog}.${id.recipient}`) !== (last < 0 ? undefined : sequenceOf(last));
    });
    expect(wrong).toEqual([]);

    // Nothing is delivered again and again: what comes next is delivered once, and nothing else is.
    const deliveries = async () => {
      const { delivered, num_ack_pending } = await manager.consumers.info(eventStream, sideOf(shares, "a").name);
      return { delivered: delivered.consumer_seq, unacknowledged: num_ack_pending };
    };
    await expect.poll(deliveries).toMatchObject({ unacknowledged: 0 });
    const { delivered } = await deliveries();
    expect(delivered).toBeLessThanOrEqual(events + 1_000);
    await fillShares(full.connection, { events: 100, pairs: manyPairs(100) });
    await expect.poll(status, { timeout: 60_000 }).toMatchObject({ sequence: sequenceOf(events + 99), behind: 0 });
    await expect.poll(deliveries).toEqual({ delivered: delivered + 100, unacknowledged: 0 });
  },
);
