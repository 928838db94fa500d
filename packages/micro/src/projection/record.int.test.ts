/** A bucket or a log that has lost what it had is noticed, and rows are made anew: an older copy is really put in its place. */
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type AccountKey, bucketSubject, projectionStates, sideRecords } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { beforeEach, describe, expect, test } from "vitest";
import { connection, log, names, namesOf, nats, rename, type Row, startNatsForEach } from "../names.fixture.ts";
import { recordingLog, someone } from "../nats.fixture.ts";
import { statusOf } from "../ops.ts";
import { openRows } from "./rows.ts";
import { runProjection, type RunningProjection } from "./projector.ts";
import { isRefusal } from "../service/refusal.ts";

startNatsForEach();

/** Where nats-server keeps a stream. */
async function folderOf(stream: string): Promise<string> {
  const found = await readdir(nats.server.directory, { recursive: true, withFileTypes: true });
  const folder = found.find((entry) => entry.isDirectory() && entry.name === stream);
  if (!folder) throw new Error(`${stream} is nowhere`);
  return join(folder.parentPath, folder.name);
}

/** Starts nats-server again, and resolves when the log answers over the connection that was there before. */
async function restart(): Promise<void> {
  await nats.server.restart();
  const answers = () =>
    log.newest(accountEvents, { account: someone() }, ["closed"]).then(
      () => true,
      () => false,
    );
  await expect.poll(answers, { timeout: 30_000 }).toBe(true);
}

/** Resolves when it is on record that the rows go up to an event: a moment after they do. */
const recorded = (after: number) =>
  expect
    .poll(async () => (await (await openRows(connection, sideRecords)).get("people_a"))?.sequence)
    .toBeGreaterThanOrEqual(after);

/** Keeps a copy of a stream as it is now, and puts it back. */
async function copyOf(stream: string) {
  const folder = await folderOf(stream);
  const copy = join(nats.server.directory, "..", "older");
  await nats.server.stop();
  await cp(folder, copy, { recursive: true });
  await restart();
  return async () => {
    await nats.server.stop();
    await rm(folder, { recursive: true });
    await cp(copy, folder, { recursive: true });
    await restart();
  };
}

test("an older copy of a bucket is noticed at the start, and its rows are made anew while they are read", async () => {
  const account = someone();
  {
    await using projection = await runProjection(names, { connection, log: recordingLog().log });
    await projection.caughtUp(await rename(account, "kim"));
  }
  const putBack = await copyOf("KV_people_a");
  {
    await using projection = await runProjection(names, { connection, log: recordingLog().log });
    await projection.caughtUp(await rename(account, "lee", "max"));
  }
  await putBack();
  const { log: said, lines } = recordingLog();
  await using projection = await runProjection(names, { connection, log: said });
  await expect.poll(() => projection.lag.side, { timeout: 20_000 }).toBe("b");
  expect(await namesOf(projection, account)).toEqual(["kim", "lee", "max"]);
  const noticed = lines.find(({ msg }) => msg === "the rows have to be made anew");
  expect(noticed).toMatchObject({ projection: "people_a", reason: expect.stringMatching(/ends at \d+ and had \d+/) });
});

test("it is noticed too by a process that runs on while nats-server comes back with less than it had", async () => {
  const account = someone();
  await using projection = await runProjection(names, { connection, log: recordingLog().log });
  await projection.caughtUp(await rename(account, "kim"));
  const putBack = await copyOf("KV_people_a");
  await recorded(await rename(account, "lee", "max"));
  await putBack();
  await rename(account, "noa");
  await expect.poll(() => projection.lag.side, { timeout: 20_000 }).toBe("b");
  expect(await namesOf(projection, account)).toEqual(["kim", "lee", "max", "noa"]);
});

describe("a log that was put back behind its rows", () => {
  /** Asks until the rows are said to have an event, and then what they have. */
  const namesAfter = async (projection: RunningProjection<Row>, after: number) => {
    const isThere = () =>
      projection.caughtUp(after).then(
        () => true,
        (error: unknown) => {
          if (isRefusal(error, "behind")) return false;
          throw error;
        },
      );
    await expect.poll(isThere, { timeout: 30_000 }).toBe(true);
    return namesOf(projection, account);
  };
  let account: AccountKey;
  beforeEach(() => (account = someone()));

  test("is noticed at the start, and nothing is said to be in rows that are ahead of it", async () => {
    {
      await using projection = await runProjection(names, { connection, log: recordingLog().log });
      await projection.caughtUp(await rename(account, "kim"));
    }
    const putBack = await copyOf("EVENTS");
    {
      await using _projection = await runProjection(names, { connection, log: recordingLog().log });
      await recorded(await rename(account, "lee", "max"));
    }
    await putBack();
    const after = await rename(account, "noa");
    await using projection = await runProjection(names, { connection, log: recordingLog().log });
    expect(await namesAfter(projection, after)).toEqual(["kim", "noa"]);
    expect(projection.lag.side).toBe("b");
    expect(await namesAfter(projection, await rename(account, "pat"))).toEqual(["kim", "noa", "pat"]);
  });

  test("is noticed by processes that run on, whichever of them writes", async () => {
    await using first = await runProjection(names, { connection, log: recordingLog().log });
    await using second = await runProjection(names, { connection: await nats.connect(), log: recordingLog().log });
    await first.caughtUp(await rename(account, "kim"));
    const putBack = await copyOf("EVENTS");
    await recorded(await rename(account, "lee", "max"));
    await putBack();
    const after = await rename(account, "noa");
    for (const each of [first, second]) expect(await namesAfter(each, after)).toEqual(["kim", "noa"]);
  });

  test("is not forgotten when it has grown as long as it was before its rows were made anew", async () => {
    {
      await using projection = await runProjection(names, { connection, log: recordingLog().log });
      await projection.caughtUp(await rename(account, "kim"));
    }
    const states = await openRows(connection, projectionStates);
    const { row, revision } = await states.slot("people");
    if (!row) throw new Error("the projection has run");
    await states.put("people", { ...row, doubted: true }, 0, revision);
    await using projection = await runProjection(names, { connection, log: recordingLog().log });
    await expect(projection.caughtUp(await rename(account, "lee"))).rejects.toMatchObject({ reason: "behind" });
    await projection.rebuild();
    expect(await namesAfter(projection, await rename(account, "max"))).toEqual(["kim", "lee", "max"]);
  });
});

test("a row that cannot be read has all of them made anew, and says once which it was", async () => {
  const account = someone();
  const { log: said, lines } = recordingLog();
  await using projection = await runProjection(names, { connection, log: said });
  await projection.caughtUp(await rename(account, "kim"));
  await jetstream(connection).publish(bucketSubject("people_a", account), "garbled");
  await rename(account, "lee");
  await expect.poll(() => projection.lag.side, { timeout: 30_000 }).toBe("b");
  expect(await namesOf(projection, account)).toEqual(["kim", "lee"]);
  const reasons = lines.filter(({ msg }) => msg === "the rows have to be made anew").map(({ reason }) => reason);
  expect(reasons).toEqual([`the row ${account} of people_a cannot be read`]);
});

test("how a projection stands whose bucket is gone is said with the reason, and of another all the same", async () => {
  await using projection = await runProjection(names, { connection, log: recordingLog().log });
  await projection.caughtUp(await rename(someone(), "kim"));
  await (await jetstreamManager(connection)).streams.delete("KV_people_a");
  const other = { status: () => Promise.resolve({ behind: 0 }), lag: { behind: 0 } };
  const { people: faulty, fine } = await statusOf<object>({ people: projection, fine: other });
  expect(faulty).toMatchObject({ side: "a", behind: 0, fault: expect.stringMatching(/./) });
  expect(fine).toEqual({ behind: 0 });
});

test("nothing is made anew after a restart where nothing was lost", async () => {
  const account = someone();
  const { log: said, lines } = recordingLog();
  await using projection = await runProjection(names, { connection, log: said });
  await projection.caughtUp(await rename(account, "kim"));
  await restart();
  await projection.caughtUp(await rename(account, "lee"));
  expect(await namesOf(projection, account)).toEqual(["kim", "lee"]);
  expect(projection.lag.side).toBe("a");
  expect(lines.map(({ msg }) => msg)).not.toContain("the rows have to be made anew");
});
