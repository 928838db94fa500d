/** Rows on a real nats-server: pages, fences, and rows that run out. */
import { defineBucket } from "@natster/contracts";
import * as z from "zod";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { jetstreamManager } from "@nats-io/jetstream";
import { startNats, type TestNats } from "../nats.fixture.ts";
import { openRows, type RowWriter } from "./rows.ts";

/** The stream of this bucket is there, and lets its entries run out. */
const bucket = defineBucket({ name: "open_codes", summary: "Words", row: z.strictObject({ word: z.string() }) });
type Row = z.infer<typeof bucket.row>;

let nats: TestNats;
let rows: RowWriter<Row>;

beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats?.[Symbol.asyncDispose]());
beforeEach(async () => {
  const connection = await nats.connect();
  await (await jetstreamManager(connection)).streams.purge("KV_open_codes");
  rows = await openRows(connection, bucket);
});

const put = async (key: string, word: string, sequence = 1) => {
  const { revision } = await rows.slot(key);
  return rows.put(key, { word }, sequence, revision);
};

describe("a row", () => {
  test("is what was put, with the event that it has seen", async () => {
    await put("a.one", "hello", 7);
    expect(await rows.get("a.one")).toEqual({ key: "a.one", row: { word: "hello" }, sequence: 7 });
    expect(await rows.get("a.two")).toBeUndefined();
  });

  test("is put only by who knows what stands there", async () => {
    const revision = await rows.put("a.one", { word: "first" }, 1, 0);
    expect(revision).toBeGreaterThan(0);
    expect(await rows.put("a.one", { word: "second" }, 2, 0)).toBeUndefined();
    expect(await rows.put("a.one", { word: "second" }, 2, revision ?? 0)).toBeGreaterThan(revision ?? 0);
  });

  test("that is gone leaves the mark of what it has seen", async () => {
    await put("a.one", "hello", 7);
    await rows.put("a.one", undefined, 9, (await rows.slot("a.one")).revision);
    expect(await rows.get("a.one")).toBeUndefined();
    expect(await rows.slot("a.one")).toMatchObject({ row: undefined, sequence: 9 });
    expect(await Array.fromAsync(rows.scan("a.*"))).toEqual([{ key: "a.one", row: undefined, sequence: 9 }]);
  });

  test("that has run out is as though it had never been, but for the server's mark", async () => {
    await rows.put("a.one", { word: "short" }, 1, 0, 1);
    expect(await rows.get("a.one")).toBeDefined();
    await vi.waitFor(async () => expect(await rows.get("a.one")).toBeUndefined(), 20_000);
    expect(await rows.slot("a.one")).toMatchObject({ row: undefined, sequence: 0 });
    expect((await rows.slot("a.one")).revision).toBeGreaterThan(0);
    expect(await rows.page("a.*")).toEqual({ rows: [] });
    expect(await put("a.one", "again")).toBeGreaterThan(0);
  });

  test("of more keys than nats-server answers at once is found for each", async () => {
    const put = (index: number) => rows.put(`k.${index}`, { word: `${index}` }, 1, 0);
    for (let from = 0; from < 1_100; from += 100)
      await Promise.all(Array.from({ length: 100 }, (_, index) => put(from + index)));
    const slots = await rows.slots(Array.from({ length: 1_200 }, (_, index) => `k.${index}`));
    expect(slots.size).toBe(1_200);
    expect([...slots.values()].filter(({ row }) => row)).toHaveLength(1_100);
    expect(await Array.fromAsync(rows.scan("k.*"))).toHaveLength(1_100);
  });
});

describe("many rows", () => {
  const key = (index: number) => `k.${index}`;
  const many = (count: number, word: string, revisions?: ReadonlyMap<string, number>) =>
    new Map(
      Array.from({ length: count }, (_, index) => [
        key(index),
        { row: { word: `${word} ${index}` }, sequence: index + 1, revision: revisions?.get(key(index)) ?? 0 },
      ]),
    );

  // A few side by side, many in one batch, and more than fit into one.
  test.for([3, 100, 2_500])("are written like one, %i of them", async (count) => {
    const written = await rows.putAll(many(count, "first"));
    expect(written?.size).toBe(count);
    expect((await rows.putAll(many(count, "second", written)))?.size).toBe(count);
    const slots = await rows.slots(Array.from({ length: count }, (_, index) => key(index)));
    for (const [index, slot] of [...slots.values()].entries()) {
      expect(slot).toMatchObject({ row: { word: `second ${index}` }, sequence: index + 1 });
    }
  });

  test.for([3, 100])("say their revisions, and take nobody else's place, %i of them", async (count) => {
    const written = await rows.putAll(many(count, "first"));
    expect(written).toEqual(
      new Map([...(await rows.slots([...(written?.keys() ?? [])]))].map(([each, { revision }]) => [each, revision])),
    );
    // Somebody else writes one of them.
    const revision = written?.get(key(1)) ?? 0;
    await rows.put(key(1), { word: "another's" }, 9, revision);
    expect(await rows.putAll(many(count, "second", written))).toBeUndefined();
    expect(await rows.get(key(1))).toMatchObject({ row: { word: "another's" } });
  });

  test("stand together or not at all where they fit into one batch", async () => {
    await rows.put(key(99), { word: "there already" }, 1, 0);
    expect(await rows.putAll(many(100, "first"))).toBeUndefined();
    expect(await rows.count("k.*")).toBe(1);
  });

  test("may be gone, and leave their marks", async () => {
    const written = await rows.putAll(many(50, "first"));
    const gone = new Map([...many(50, "", written)].map(([each, slot]) => [each, { ...slot, row: undefined }]));
    await rows.putAll(gone);
    expect(await rows.page("k.*")).toEqual({ rows: [] });
    expect(await rows.slot(key(7))).toMatchObject({ row: undefined, sequence: 8 });
  });

  test("may be none", async () => {
    expect(await rows.putAll(new Map())).toEqual(new Map());
  });
});

describe("a page", () => {
  const words = async (filter: string, limit: number): Promise<string[][]> => {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await rows.page(filter, { cursor, limit });
      pages.push(page.rows.map(({ row }) => row.word));
      cursor = page.cursor;
    } while (cursor !== undefined);
    return pages;
  };

  test("has as many rows as asked for, and a cursor only where more follow", async () => {
    for (const word of ["a", "b", "c", "d", "e", "f"]) await put(`a.${word}`, word);
    expect(await words("a.*", 4)).toEqual([
      ["a", "b", "c", "d"],
      ["e", "f"],
    ]);
    expect(await words("a.*", 3)).toEqual([
      ["a", "b", "c"],
      ["d", "e", "f"],
    ]);
    expect(await words("a.*", 6)).toEqual([["a", "b", "c", "d", "e", "f"]]);
    expect(await words("b.*", 3)).toEqual([[]]);
  });

  test("skips rows that are gone, and has no cursor where only such follow", async () => {
    for (const word of ["a", "b", "c", "d"]) await put(`a.${word}`, word);
    for (const word of ["a", "c", "d"])
      await rows.put(`a.${word}`, undefined, 2, (await rows.slot(`a.${word}`)).revision);
    expect(await words("a.*", 1)).toEqual([["b"]]);
  });

  test("shows only what its filter says", async () => {
    await put("in.alice.one", "mine");
    await put("in.bob.one", "his");
    await put("in.alice.two.deep", "deep");
    expect(await words("in.alice.*", 10)).toEqual([["mine"]]);
    expect(await words("in.alice.>", 10)).toEqual([["mine", "deep"]]);
  });

  test.for(["0", "_", "-1", "zzzzzzzzzzzzzzzzzzzzzzzz", "1_0", "A"])(
    "refuses the made-up cursor %s",
    async (cursor) => {
      await expect(rows.page("a.*", { cursor })).rejects.toMatchObject({
        reason: "invalid_request",
        issues: [{ path: "cursor", message: expect.any(String) }],
      });
    },
  );
});
