/** Projections on a real nats-server: handed over between processes, and rebuilt while they are read. */
import { bucketStream, projectionStates } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, test } from "vitest";
import { connection, namesOf, nats, people, rename, runNames, startNatsForEach } from "../names.fixture.ts";
import { someone } from "../nats.fixture.ts";
import { defineProjection } from "./projection.ts";
import { openRows } from "./rows.ts";

startNatsForEach();

const namesIn = (version: number, prefix = "") =>
  defineProjection({ ...people, version }, (from) => [
    from(accountEvents, {
      key: ({ account }) => account,
      evolve: (row, { type, data }) => ({
        names: [...(row?.names ?? []), `${prefix}${type === "renamed" ? data.handle : type}`],
      }),
    }),
  ]);

describe("of several processes", () => {
  test("one writes and the others stand by, and all answer alike", async () => {
    const account = someone();
    await using first = await runNames();
    await using second = await runNames();
    const after = await rename(account, "kim", "lee");
    for (const each of [first, second]) {
      await each.caughtUp(after);
      expect(await namesOf(each, account)).toEqual(["kim", "lee"]);
    }
    expect([first, second].filter(({ lag }) => lag.writes)).toHaveLength(1);
  });

  test("another takes over from one that is gone, without a gap and without a double", async () => {
    const account = someone();
    const gone = await nats.connect();
    const first = await runNames({ connection: gone });
    await first.caughtUp(await rename(account, "kim"));
    await using second = await runNames();
    // As a process that is killed: nothing is handed over, and what it held unacknowledged is nobody's.
    await gone.close();
    const handles = Array.from({ length: 40 }, (_, index) => `name-${index}`);
    let after = 0;
    for (const handle of handles) after = await rename(account, handle);
    await expect.poll(async () => (await namesOf(second, account))?.length).toBe(41);
    await second.caughtUp(after);
    expect(await namesOf(second, account)).toEqual(["kim", ...handles]);
    await expect.poll(() => second.lag).toMatchObject({ sequence: after, behind: 0, writes: true });
  });

  test("that come and go all the time, none loses or doubles an event", async () => {
    const people = Array.from({ length: 5 }, someone);
    const expected = new Map<string, string[]>(people.map((account) => [account, []]));
    let runs = [await runNames(), await runNames()];
    let after = 0;
    for (let round = 0; round < 6; round++) {
      for (const [index, account] of people.entries()) {
        const handle = `name-${round}-${index}`;
        expected.get(account)?.push(handle);
        after = await rename(account, handle);
      }
      const [oldest, ...others] = runs;
      runs = [...others, await runNames()];
      await oldest?.[Symbol.asyncDispose]();
    }
    const [reader, other] = runs;
    if (!reader || !other) throw new Error("two run");
    for (const account of people) {
      await expect.poll(() => namesOf(reader, account)).toEqual(expected.get(account));
    }
    await reader.caughtUp(after);
    await Promise.all(runs.map((each) => each[Symbol.asyncDispose]()));
  });
});

describe("a rebuild", () => {
  test("fills the other side and is read from then on, and no query fails meanwhile", async () => {
    const account = someone();
    await using projection = await runNames();
    await using other = await runNames();
    const handles = Array.from({ length: 200 }, (_, index) => `name-${index}`);
    await projection.caughtUp(await rename(account, ...handles));

    let asked = 0;
    let over = false;
    const asking = (async () => {
      while (!over) {
        expect((await namesOf(asked++ % 2 ? projection : other, account))?.length).toBeGreaterThanOrEqual(200);
      }
    })();
    await projection.rebuild();
    const after = await rename(account, "during");
    await expect.poll(() => projection.lag.side).toBe("b");
    await expect.poll(() => other.lag.side).toBe("b");
    over = true;
    await asking;
    for (const each of [projection, other]) {
      await each.caughtUp(after);
      expect(await namesOf(each, account)).toEqual([...handles, "during"]);
    }
    expect(asked).toBeGreaterThan(5);
    await expect(projection.rebuild()).rejects.toMatchObject({ reason: "unavailable" });
  });

  test("tells nobody of what is old, and says when its rows are the ones that are read", async () => {
    const account = someone();
    const told: number[] = [];
    let switched = 0;
    await using projection = await runNames({
      afterRows: async (applied) => void told.push(...applied.map(({ event }) => event.sequence)),
      afterSwitch: async () => void switched++,
    });
    const first = await rename(account, "kim");
    await projection.caughtUp(first);
    await projection.rebuild();
    await expect.poll(() => switched).toBe(1);
    const second = await rename(account, "lee");
    await projection.caughtUp(second);
    await expect.poll(() => told).toEqual([first, second]);
  });

  test("begins by itself where the rows are of an older version, which are read until it is done", async () => {
    const account = someone();
    {
      await using old = await runNames({}, namesIn(1, "old "));
      await old.caughtUp(await rename(account, "kim"));
    }
    await using projection = await runNames({}, namesIn(2, "new "));
    expect(await namesOf(projection, account)).toEqual(["old kim"]);
    await expect.poll(() => namesOf(projection, account)).toEqual(["new kim"]);
    expect(projection.lag).toMatchObject({ version: 2, side: "b" });
  });

  test("that was interrupted goes on when somebody runs the projection again", async () => {
    const account = someone();
    {
      await using projection = await runNames();
      await projection.caughtUp(await rename(account, "kim"));
    }
    const states = await openRows(connection, projectionStates);
    const { row, revision } = await states.slot("people");
    if (!row) throw new Error("the projection has run");
    await states.put("people", { ...row, building: { side: "b", version: 1 } }, 0, revision);
    await using projection = await runNames();
    await expect.poll(() => projection.lag.side).toBe("b");
    expect(await namesOf(projection, account)).toEqual(["kim"]);
  });

  test("of an emptied bucket brings back the same rows", async () => {
    const account = someone();
    await using projection = await runNames();
    await projection.caughtUp(await rename(account, "kim"));
    await (await jetstreamManager(connection)).streams.purge(bucketStream("people_a"));
    expect(await namesOf(projection, account)).toBeUndefined();
    await projection.rebuild();
    await expect.poll(() => namesOf(projection, account)).toEqual(["kim"]);
  });
});
