/** What runs out, on a real nats-server: it ends, whatever became of its timer and whatever time it is here. */
import { CodeId } from "@natster/contracts";
import { codeEvents, codes } from "@natster/contracts/codes";
import { dueCodes, eventStream, timerStream } from "@natster/contracts/platform";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defineAggregate } from "../events/aggregate.ts";
import { type EventLog, openEventLog } from "../events/event-log.ts";
import { alice, endless, recordingLog, startNats, type TestNats } from "../nats.fixture.ts";
import { provision } from "../provision.ts";
import { type RunningOut, runOut } from "./run-out.ts";
import { setTimer } from "./timers.ts";

const id = { code: CodeId.parse("S7KQ2M4T") };
const offer = { purpose: "enrol" } as const;
const caller = { account: alice, newcomer: false, administrator: false };

interface State {
  readonly expires: number | undefined;
}

/** As far as it matters here a code runs out at the moment that was said last, and can be issued anew. */
const code = defineAggregate<typeof codeEvents, State>({
  events: codeEvents,
  initial: { expires: undefined },
  evolve: (_, { type, data }) => ({ expires: type === "issued" ? Date.parse(data.expires) : undefined }),
});

const running: RunningOut<typeof codeEvents, State> = {
  timers: dueCodes,
  aggregate: code,
  begins: ({ type }) => type === "issued",
  at: ({ expires }) => expires,
  end: (by) => (state) =>
    state.expires !== undefined && state.expires <= by ? [{ type: "expired", data: { issuer: alice } }] : [],
  owner: () => alice,
};

let nats: TestNats;
let connection: NatsConnection;
let manager: JetStreamManager;
let events: EventLog;
let commands = 0;
beforeEach(async () => {
  nats = await startNats();
  connection = await nats.connect();
  manager = await jetstreamManager(connection);
  events = await openEventLog(connection, codes, endless);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await nats?.[Symbol.asyncDispose]();
});

const run = () => runOut(running, { connection, log: recordingLog().log, events });
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);
const issue = (at: Date) =>
  events.append(code, id, () => [{ type: "issued", data: { issuer: alice, offer, expires: at.toISOString() } }], {
    id: `issue-${commands++}`,
    name: "codes.issue",
    caller,
  });
/** How often it has ended. */
const ended = () => events.count(codeEvents, "expired", {});
/** Whether the timer of what was issued last is set. */
const isSet = async () => {
  const { num_pending, num_ack_pending } = await manager.consumers.info(eventStream, dueCodes.setBy.name);
  return num_pending + num_ack_pending === 0;
};

test("what runs out ends by nats-server's clock, however slow the one here is", async () => {
  await using _running = await run();
  const now = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000);
  await issue(new Date(now() + 1_000));
  await expect.poll(ended).toBe(1);
});

test("a timer that falls due before its time ends nothing, and is set again", async () => {
  await using _running = await run();
  const expires = inSeconds(5);
  await issue(expires);
  await expect.poll(isSet).toBe(true);
  await setTimer(connection, codeEvents, id, new Date());
  await expect.poll(ended).toBe(1);
  const [{ time } = { time: "" }] = await events.newest(codeEvents, id, ["expired"]);
  expect(Date.parse(time)).toBeGreaterThanOrEqual(expires.getTime());
  expect((await manager.consumers.info(timerStream, dueCodes.name)).delivered.consumer_seq).toBe(2);
});

test("what stands when the stream of timers is lost ends all the same, each time that it is made anew", async () => {
  for (let times = 1; times <= 2; times++) {
    {
      await using _running = await run();
      await issue(inSeconds(4));
      await expect.poll(isSet).toBe(true);
    }
    await manager.streams.delete(timerStream);
    await provision(connection);
    // The first timer of a stream has the number of the first one of the stream before.
    await using _again = await run();
    await expect.poll(ended).toBe(times);
  }
});

test("what was moved while a process set its timer ends when it is to", async () => {
  const load = events.load.bind(events);
  let moved = false;
  const slow: EventLog = {
    ...events,
    async load(aggregate, which) {
      const loaded = await load(aggregate, which);
      if (!moved) {
        moved = true;
        await issue(inSeconds(2));
      }
      return loaded;
    },
  };
  await using _running = await runOut(running, { connection, log: recordingLog().log, events: slow });
  await issue(inSeconds(3_600));
  await expect.poll(ended).toBe(1);
});
