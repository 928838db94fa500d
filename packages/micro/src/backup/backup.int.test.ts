/** A log in a file and back, on a real nats-server: whole, or not at all. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bucketStream } from "@natster/contracts";
import { allEvents, eventStream, projectionSides } from "@natster/contracts/platform";
import { jetstream, jetstreamManager, type StoredMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backupLog, BackupDamagedError } from "./backup.ts";
import { openDurable } from "../events/durable.ts";
import { someone, startNats, type TestNats } from "../nats.fixture.ts";
import { readAll } from "../events/read-all.ts";
import { LogNotEmptyError, restoreLog, ServicesRunningError } from "./restore.ts";

let nats: TestNats;
let empty: TestNats;
let directory: string;
let file: string;
beforeEach(async () => {
  [nats, empty] = await Promise.all([startNats(), startNats()]);
  directory = await mkdtemp(join(tmpdir(), "natster-backup-"));
  file = join(directory, "log.ndjson");
});
afterEach(async () => {
  await Promise.all([nats, empty].map((each) => each?.[Symbol.asyncDispose]()));
  await rm(directory, { recursive: true, force: true });
});

/** Records what looks like events, and one thing that does not. */
async function record(connection: NatsConnection, count: number): Promise<void> {
  const js = jetstream(connection);
  const account = someone();
  for (let index = 0; index < count; index++) {
    await js.publish(`events.account.${account}.renamed`, JSON.stringify({ name: `näme ${index}\n`, 2: 1, 1: 2 }));
  }
  await js.publish(`events.account.${account}.renamed`, new Uint8Array([0xff, 0x00, 0x7b]));
}

async function logOf(connection: NatsConnection) {
  const manager = await jetstreamManager(connection);
  const all: Pick<StoredMsg, "seq" | "subject" | "data">[] = [];
  for await (const { seq, subject, data } of readAll(manager, eventStream, allEvents)) {
    all.push({ seq, subject, data: Buffer.from(data) });
  }
  return all;
}
const sizeOf = async (connection: NatsConnection) =>
  (await (await jetstreamManager(connection)).streams.info(eventStream)).state.messages;

test("a log comes back byte for byte, each event at its sequence", async () => {
  const [there, elsewhere] = await Promise.all([nats.connect(), empty.connect()]);
  await record(there, 1_200);
  const summary = await backupLog(there, file);
  expect(summary).toMatchObject({ events: 1_201 });
  expect(await restoreLog(elsewhere, file)).toEqual(summary);
  expect(await logOf(elsewhere)).toEqual(await logOf(there));
});

test("an empty log is backed up and restored as such", async () => {
  const there = await nats.connect();
  expect(await backupLog(there, file)).toMatchObject({ events: 0 });
  expect(await restoreLog(there, file)).toMatchObject({ events: 0 });
});

test("a backup is its owner's alone, and takes nobody's place", async () => {
  const there = await nats.connect();
  await record(there, 3);
  await backupLog(there, file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const before = await readFile(file);
  await expect(backupLog(there, file)).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(file)).toEqual(before);
});

describe("a backup that is not as it was written is refused, and changes nothing:", () => {
  const damages: Record<string, (text: string) => string> = {
    "cut off between two lines": (text) => `${text.split("\n").slice(0, 5).join("\n")}\n`,
    "cut off within a line": (text) => text.slice(0, text.length / 2),
    "one letter changed": (text) => text.replace("näme 2", "name 2"),
    "an event left out": (text) => text.split("\n").toSpliced(3, 1).join("\n"),
    "two events in each other's place": (text) => {
      const lines = text.split("\n");
      return lines
        .with(2, lines[3] ?? "")
        .with(3, lines[2] ?? "")
        .join("\n");
    },
    "something behind its end": (text) => `${text}{}\n`,
    "no backup at all": () => "hello\n",
    "nothing at all": () => "",
  };

  test.for(Object.entries(damages))("%s", async ([, damage]) => {
    const [there, elsewhere] = await Promise.all([nats.connect(), empty.connect()]);
    await record(there, 10);
    await backupLog(there, file);
    await writeFile(file, damage(await readFile(file, "utf8")));
    await expect(restoreLog(elsewhere, file)).rejects.toThrow(BackupDamagedError);
    expect(await sizeOf(elsewhere)).toBe(0);
  });
});

describe("a log is restored", () => {
  test("only where there is none", async () => {
    const there = await nats.connect();
    await record(there, 3);
    await backupLog(there, file);
    const before = await logOf(there);
    await expect(restoreLog(there, file)).rejects.toThrow(LogNotEmptyError);
    expect(await logOf(there)).toEqual(before);
  });

  test("only while no service reads it", async () => {
    const [there, elsewhere] = await Promise.all([nats.connect(), empty.connect()]);
    await record(there, 3);
    await backupLog(there, file);
    const durable = await openDurable(elsewhere, "people_a", { pinned: true });
    const reading = (async () => Array.fromAsync(durable.batches()))();
    const refusal = () =>
      restoreLog(elsewhere, file).then(
        () => undefined,
        (error: unknown) => error,
      );
    await expect.poll(refusal).toBeInstanceOf(ServicesRunningError);
    expect(await sizeOf(elsewhere)).toBe(0);
    durable.stop();
    await elsewhere.close();
    await reading;
  });

  test("and rows that another log left behind are gone", async () => {
    const [there, elsewhere] = await Promise.all([nats.connect(), empty.connect()]);
    await record(there, 3);
    await backupLog(there, file);
    const [side] = projectionSides;
    const bucket = side?.bucket.name ?? "";
    await jetstream(elsewhere).publish(`$KV.${bucket}.account.somebody`, '{"sequence":9}');
    await restoreLog(elsewhere, file);
    const { state } = await (await jetstreamManager(elsewhere)).streams.info(bucketStream(bucket));
    expect(state.messages).toBe(0);
  });
});
