/** What stands aside is mended: tried again, or left out for ever, on each side and whoever writes it. */
import { bucketStream } from "@natster/contracts";
import { projectionOps as endpointsOf } from "@natster/contracts/ops";
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
import { recordingLog, someone } from "../nats.fixture.ts";
import { projectionOps } from "../ops.ts";
import type { ParkedPlace } from "./parking.ts";
import { isRefusal } from "../service/refusal.ts";
import { runSide } from "./side.ts";

startNatsForEach();

beforeEach(() => void poison.add("poison"));

const waiting = async (projection: Names) =>
  (await projection.parked.page({})).rows.map(({ row: { reason }, sequence }) => [sequence, reason]);

/** Records a skip as it is when nobody looked whether the event stands aside. */
const decideToSkip = (sequence: number) =>
  log.append(
    decisions,
    { service: "projector", projection: "people" },
    () => [{ type: "skipped", data: { sequence } }],
    command(admin),
  );

const unlessBehind = (error: unknown) => {
  if (!isRefusal(error, "behind")) throw error;
};

const admin = someone();
/** The two handlers that mend, as a service has them. */
function mending(projection: Names) {
  const contract = { name: "projector", endpoints: endpointsOf("projector") } as const;
  const { retry, skip } = projectionOps({ contract, connection, log, kept: { people: projection } });
  const ask = (sequence: number | undefined, id?: string) => ({
    caller: command(admin).caller,
    request: { projection: "people", ...(sequence !== undefined && { sequence }) },
    params: undefined,
    command: command(admin, id),
  });
  return {
    retry: (sequence?: number, id?: string) => retry(ask(sequence, id)),
    skip: (sequence: number, id?: string) =>
      skip({ ...ask(sequence, id), request: { projection: "people", sequence } }),
  };
}

describe("a retry", () => {
  test("after a mend takes in what stood aside in the order of the log, and what follows goes on", async () => {
    const [ill, well] = [someone(), someone()];
    const told: string[] = [];
    await using projection = await runNames({
      afterRows: async (applied) => void told.push(...applied.map(({ event }) => event.sequence.toString())),
    });
    await rename(ill, "kim");
    const bad = await rename(ill, "poison");
    const behind = await rename(ill, "lee");
    await projection.caughtUp(await rename(well, "max"));
    expect(await waiting(projection)).toEqual([
      [bad, "poison is poison"],
      [behind, `behind ${bad}`],
    ]);
    poison.clear();
    const { after, parked } = await mending(projection).retry();
    expect(parked).toBe(0);
    expect(after).toBeGreaterThan(behind);
    expect(await namesOf(projection, ill)).toEqual(["kim", "poison", "lee"]);
    await expect.poll(() => projection.status()).toMatchObject({ parked: 0, behind: 0 });
    // They are told of now, once each, since now they are in the rows.
    expect(told.filter((seq) => [bad, behind].map(String).includes(seq))).toEqual([bad, behind].map(String));
    await projection.caughtUp(await rename(ill, "noa"));
    expect(await namesOf(projection, ill)).toEqual(["kim", "poison", "lee", "noa"]);
  });

  test("of one aggregate leaves the others where they are", async () => {
    const [one, other] = [someone(), someone()];
    await using projection = await runNames();
    const first = await rename(one, "poison");
    const second = await rename(other, "poison");
    await projection.caughtUp(second);
    poison.clear();
    expect(await mending(projection).retry(first)).toMatchObject({ parked: 1 });
    expect(await namesOf(projection, one)).toEqual(["poison"]);
    expect(await namesOf(projection, other)).toBeUndefined();
  });

  test("that helps nothing leaves all as it was, and the rest of the log goes on", async () => {
    const [ill, well] = [someone(), someone()];
    await using projection = await runNames();
    const bad = await rename(ill, "poison");
    const behind = await rename(ill, "lee");
    await projection.caughtUp(behind);
    expect(await mending(projection).retry()).toMatchObject({ parked: 2 });
    expect(await waiting(projection)).toEqual([
      [bad, "poison is poison"],
      [behind, `behind ${bad}`],
    ]);
    await projection.caughtUp(await rename(well, "max"));
    expect(await namesOf(projection, well)).toEqual(["max"]);
  });

  test("that helps the first only leaves those from the next bad one on, under their new reasons", async () => {
    const account = someone();
    poison.add("worse");
    await using projection = await runNames();
    await rename(account, "poison", "kim");
    const worse = await rename(account, "worse");
    const last = await rename(account, "lee");
    await projection.caughtUp(last);
    poison.delete("poison");
    expect(await mending(projection).retry()).toMatchObject({ parked: 2 });
    expect(await namesOf(projection, account)).toEqual(["poison", "kim"]);
    expect(await waiting(projection)).toEqual([
      [worse, "worse is poison"],
      [last, `behind ${worse}`],
    ]);
  });

  test("of more than fit into one batch keeps their order", async () => {
    const account = someone();
    await using projection = await runNames();
    const many = Array.from({ length: 600 }, (_, index) => `name-${index}`);
    await rename(account, "poison", ...many.slice(0, 300));
    await projection.caughtUp(await rename(account, ...many.slice(300)));
    poison.clear();
    // It may take longer than one waits; it is done all the same.
    await mending(projection).retry().catch(unlessBehind);
    await expect.poll(async () => (await projection.status()).parked, { timeout: 20_000 }).toBe(0);
    expect(await namesOf(projection, account)).toEqual(["poison", ...many]);
  });

  test("is followed by whoever takes over, where the one that writes is killed", async () => {
    const account = someone();
    const gone = await nats.connect();
    const first = await runNames({ connection: gone });
    const bad = await rename(account, "poison", "kim");
    await first.caughtUp(bad);
    await using second = await runNames();
    await gone.close();
    poison.clear();
    // Nobody has followed it when it is recorded; that is said, and asking again finds it followed.
    await mending(second).retry(undefined, "retry-once-only").catch(unlessBehind);
    await expect.poll(() => namesOf(second, account)).toEqual(["poison", "kim"]);
    expect(await mending(second).retry(undefined, "retry-once-only")).toMatchObject({ parked: 0 });
  });
});

// `skip` is the command that an administrator gives about an event; no test is left out here.
describe("a skip", () => {
  test("leaves one event out, and takes in those that waited behind it", async () => {
    const account = someone();
    await using projection = await runNames();
    const bad = await rename(account, "kim", "poison");
    await projection.caughtUp(await rename(account, "lee"));
    expect(await mending(projection).skip(bad)).toMatchObject({ parked: 0 });
    expect(await namesOf(projection, account)).toEqual(["kim", "lee"]);
  });

  test("holds for ever: a rebuild leaves it out too, even where it could be taken in by now", async () => {
    const account = someone();
    await using projection = await runNames();
    const bad = await rename(account, "kim", "poison");
    await projection.caughtUp(await rename(account, "lee"));
    await mending(projection).skip(bad);
    poison.clear();
    await projection.rebuild();
    await expect.poll(() => projection.lag.side).toBe("b");
    expect(await namesOf(projection, account)).toEqual(["kim", "lee"]);
    expect(await projection.status()).toMatchObject({ parked: 0 });
  });

  test("holds where every bucket was lost: the log alone says it", async () => {
    const account = someone();
    {
      await using projection = await runNames();
      const bad = await rename(account, "kim", "poison");
      await projection.caughtUp(await rename(account, "lee"));
      await mending(projection).skip(bad);
    }
    const manager = await jetstreamManager(connection);
    for (const bucket of ["people_a", "people_b", "projections"]) await manager.streams.purge(bucketStream(bucket));
    poison.clear();
    await using projection = await runNames();
    await expect.poll(() => namesOf(projection, account)).toEqual(["kim", "lee"]);
  });

  test("of what waits behind another leaves out that one alone", async () => {
    const account = someone();
    await using projection = await runNames();
    const bad = await rename(account, "poison");
    const unwanted = await rename(account, "unwanted");
    const last = await rename(account, "lee");
    await projection.caughtUp(last);
    expect(await mending(projection).skip(unwanted)).toMatchObject({ parked: 2 });
    expect(await waiting(projection)).toEqual([
      [bad, "poison is poison"],
      [last, `behind ${bad}`],
    ]);
    poison.clear();
    await mending(projection).retry();
    expect(await namesOf(projection, account)).toEqual(["poison", "lee"]);
  });

  test("of what is in the rows already, as where newer code could read it, has them made anew without it", async () => {
    const account = someone();
    await using projection = await runNames();
    const taken = await rename(account, "kim");
    await projection.caughtUp(await rename(account, "lee"));
    await decideToSkip(taken);
    await expect.poll(() => projection.lag.side).toBe("b");
    expect(await namesOf(projection, account)).toEqual(["lee"]);
  });

  test("of what is in rows that nobody reads yet has them emptied, and filled again without it", async () => {
    const account = someone();
    const manager = await jetstreamManager(connection);
    const into = { ...names.into, name: "people_b" };
    await using side = await runSide(
      { ...names, into },
      {
        connection: await nats.connect(),
        log: recordingLog().log,
        spoiled: async () => {
          await manager.streams.purge(bucketStream(into.name));
          return "emptied";
        },
      },
    );
    const taken = await rename(account, "kim");
    await side.caughtUp(await rename(account, "lee"));
    const after = await decideToSkip(taken);
    await expect.poll(() => side.lag.sequence).toBe(after);
    expect((await side.rows.get(account))?.row.names).toEqual(["lee"]);
  });
});

describe("what is refused", () => {
  test("is a retry of nothing, and a skip of what does not stand aside or is nowhere", async () => {
    await using projection = await runNames();
    const after = await rename(someone(), "kim");
    await projection.caughtUp(after);
    const { retry, skip } = mending(projection);
    await expect(retry()).rejects.toMatchObject({ reason: "event_not_parked" });
    await expect(retry(after)).rejects.toMatchObject({ reason: "event_not_parked" });
    for (const sequence of [after, after + 1_000, 0]) {
      await expect(skip(sequence)).rejects.toMatchObject({ reason: "event_not_parked" });
    }
  });

  test("is no command that is only repeated: it is answered as before", async () => {
    const account = someone();
    await using projection = await runNames();
    const bad = await rename(account, "poison");
    await projection.caughtUp(bad);
    const { skip } = mending(projection);
    const first = await skip(bad, "skip-once-only");
    expect(await skip(bad, "skip-once-only")).toEqual(first);
    expect(await skip(bad)).toEqual(first);
  });

  test("is one of two that are decided at the same moment where they cross", async () => {
    const account = someone();
    await using projection = await runNames();
    const bad = await rename(account, "poison");
    await projection.caughtUp(await rename(account, "lee"));
    poison.clear();
    const { retry, skip } = mending(projection);
    const both = await Promise.allSettled([retry(bad), skip(bad)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const skipped = both[1]?.status === "fulfilled";
    expect(await namesOf(projection, account)).toEqual(skipped ? ["lee"] : ["poison", "lee"]);
  });
});

test("a decision that cannot be read stands aside itself, and all else goes on", async () => {
  const account = someone();
  await using projection = await runNames();
  const { seq } = await jetstream(connection).publish("events.projection.projector.people.skipped", "garbled");
  await projection.caughtUp(await rename(account, "kim"));
  expect(await namesOf(projection, account)).toEqual(["kim"]);
  expect(await waiting(projection)).toEqual([[seq, "not a CloudEvent"]]);
  await projection.rebuild();
  await expect.poll(() => projection.lag.side, { timeout: 20_000 }).toBe("b");
  expect(await namesOf(projection, account)).toEqual(["kim"]);
});

test("what one service decides about a projection of another is no decision", async () => {
  const account = someone();
  const taken = await rename(account, "kim");
  await log.append(
    decisions,
    { service: "accounts", projection: "people" },
    () => [{ type: "skipped", data: { sequence: taken } }],
    command(admin),
  );
  await using projection = await runNames();
  await projection.caughtUp(await rename(account, "lee"));
  expect(await namesOf(projection, account)).toEqual(["kim", "lee"]);
});

test("what newly stands aside is told of once, also where a rebuild could not take it in", async () => {
  const account = someone();
  const told: ParkedPlace[] = [];
  await using projection = await runNames({ whenParked: (parked) => void told.push(...parked) });
  const bad = await rename(account, "kim");
  await projection.caughtUp(bad);
  poison.add("kim");
  await projection.rebuild();
  await expect.poll(() => projection.lag.side).toBe("b");
  expect(told).toEqual([{ subject: `events.account.${account}.renamed`, seq: bad, reason: "kim is poison" }]);
});
