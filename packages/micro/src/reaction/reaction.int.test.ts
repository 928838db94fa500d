/** Reactions on a real nats-server: once for each event, however often it takes. */
import { CodeId } from "@natster/contracts";
import { codeEvents } from "@natster/contracts/codes";
import { projector } from "@natster/contracts/library";
import { decidedBy, enrolments } from "@natster/contracts/platform";
import { createKey } from "@natster/trust";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { decisions } from "../events/decisions.ts";
import { UnreadableEventError, writeEvent } from "../events/event.ts";
import { openEventLog } from "../events/event-log.ts";
import { command } from "../names.fixture.ts";
import { alice, bob, endless, recordingLog, startNats, type TestNats } from "../nats.fixture.ts";
import { runReaction } from "./reaction.ts";

let nats: TestNats;
beforeEach(async () => {
  nats = await startNats();
});
afterEach(() => nats?.[Symbol.asyncDispose]());

const user = createKey("user").public;
const ids = ["S7KQ2M4T", "E7KQ2M4T", "D7KQ2M4T"].map((id) => CodeId.parse(id));

/** Resolves when every event has been reacted to. */
const nothingWaits = async (): Promise<void> => {
  const manager = await jetstreamManager(await nats.connect());
  await vi.waitFor(async () => {
    const { num_pending, num_ack_pending } = await manager.consumers.info("EVENTS", enrolments.name);
    expect({ num_pending, num_ack_pending }).toEqual({ num_pending: 0, num_ack_pending: 0 });
  }, 20_000);
};

/** Records that a code was claimed. */
async function claimed(code: CodeId): Promise<void> {
  const key = "A".repeat(43);
  const transcript = { account: alice, user, answerTo: key, claims: "a.b.c" };
  const data = { issuer: bob, transcript, peer: key, hash: key };
  const event = writeEvent(
    codeEvents,
    { code },
    { type: "claimed", data },
    {
      id: code,
      source: "/natster/codes",
      time: new Date().toISOString(),
      cause: { actor: bob, command: { name: "codes.claim", id: "command-1" } },
    },
  );
  await jetstream(await nats.connect()).publish(`events.code.${code}.claimed`, JSON.stringify(event));
}
test("what throws is tried again, alone, and all said once each", async () => {
  const { log, lines } = recordingLog();
  const seen: string[] = [];
  let fail = true;
  await using _reaction = await runReaction(
    enrolments,
    codeEvents,
    { connection: await nats.connect(), log },
    async ({ code }) => {
      seen.push(code);
      if (code !== ids[1] || !fail) return;
      fail = false;
      throw new Error("not today");
    },
  );
  for (const id of ids) await claimed(id);
  await vi.waitFor(() => expect(seen).toHaveLength(4), 20_000);
  expect(seen).toEqual([ids[0], ids[1], ids[2], ids[1]]);
  expect(lines).toMatchObject([
    { msg: "failed, will try again", sequence: 2, reaction: "enrolments", err: { message: "not today" } },
  ]);
  await nothingWaits();
});

test("an event that cannot be read waits beside the others until newer code reads it, or it is skipped", async () => {
  const { log, lines } = recordingLog();
  const connection = await nats.connect();
  const seen: string[] = [];
  await using _reaction = await runReaction(enrolments, codeEvents, { connection, log }, ({ code }) =>
    Promise.resolve(void seen.push(code)),
  );
  const { seq } = await jetstream(connection).publish("events.code.S0000000.claimed", "garbled");
  for (const id of ids) await claimed(id);
  await vi.waitFor(() => expect(seen).toEqual(ids), 20_000);
  const message = expect.stringContaining(`event ${seq} cannot be read: not a CloudEvent`);
  expect(lines[0]).toMatchObject({ msg: "failed, will try again", sequence: seq, err: { message } });
  const decided = await openEventLog(connection, projector, endless);
  for (const projection of decidedBy(codeEvents)) {
    const id = { service: "projector", projection };
    await decided.append(decisions, id, () => [{ type: "skipped", data: { sequence: seq } }], command(alice));
  }
  await nothingWaits();
  expect(seen).toEqual(ids);
});

test("what fails is counted until it succeeds, and for how long it has waited", async () => {
  const { log } = recordingLog();
  let fails = true;
  await using reaction = await runReaction(enrolments, codeEvents, { connection: await nats.connect(), log }, () =>
    fails ? Promise.reject(new Error("not today")) : Promise.resolve(),
  );
  expect(await reaction.status()).toEqual({ behind: 0, milliseconds: 0, failing: 0 });
  for (const id of ids) await claimed(id);
  await expect
    .poll(() => reaction.status(), { timeout: 20_000 })
    .toEqual({ behind: ids.length, milliseconds: expect.any(Number), failing: ids.length });
  expect(reaction.lag.milliseconds).toBeGreaterThan(0);
  fails = false;
  await expect.poll(() => reaction.status(), { timeout: 30_000 }).toEqual({ behind: 0, milliseconds: 0, failing: 0 });
});

test("what it is about may be mended: an event is not left behind because another cannot be read", async () => {
  const { log } = recordingLog();
  let tries = 0;
  const connection = await nats.connect();
  await using _reaction = await runReaction(enrolments, codeEvents, { connection, log }, () =>
    ++tries < 3 ? Promise.reject(new UnreadableEventError("not a CloudEvent")) : Promise.resolve(),
  );
  for (const id of ids.slice(0, 1)) await claimed(id);
  await expect.poll(() => tries).toBe(3);
});

test("ending waits for the one that is under way, and leaves the others to whoever follows", async () => {
  const { log, lines } = recordingLog();
  for (const id of ids) await claimed(id);
  const seen: string[] = [];
  const slow = Promise.withResolvers<void>();
  const reaction = await runReaction(
    enrolments,
    codeEvents,
    { connection: await nats.connect(), log },
    async ({ code }) => {
      seen.push(code);
      await slow.promise;
    },
  );
  await vi.waitFor(() => expect(seen).toHaveLength(1), 20_000);
  const ended = reaction[Symbol.asyncDispose]();
  slow.resolve();
  await ended;
  expect(seen).toEqual([ids[0]]);
  expect(lines).toEqual([]);
});

test("a connection that closes under way ends it without a word of its own", async () => {
  const { log, lines } = recordingLog();
  const connection = await nats.connect();
  await claimed(ids[0] ?? CodeId.parse("S7KQ2M4T"));
  const reaction = await runReaction(enrolments, codeEvents, { connection, log }, () => connection.close());
  await connection.closed();
  await reaction[Symbol.asyncDispose]();
  expect(lines).toEqual([]);
});

test("what was delivered and lost on its way comes again within seconds", async () => {
  const { log } = recordingLog();
  const lost = await jetstream(await nats.connect()).consumers.get("EVENTS", enrolments.name);
  for (const id of ids) await claimed(id);
  const taken = await lost.fetch({ max_messages: ids.length });
  for await (const message of taken) if (message.info.pending === 0) break;
  const seen: string[] = [];
  await using _reaction = await runReaction(
    enrolments,
    codeEvents,
    { connection: await nats.connect(), log },
    ({ code }) => Promise.resolve(void seen.push(code)),
  );
  await expect.poll(() => seen.toSorted()).toEqual(ids.toSorted());
});

test("nats-server is told of each that waits for its turn that it does, however long it takes", async () => {
  const { log } = recordingLog();
  const connection = await nats.connect();
  const waiting = new Map<string, number>();
  connection.subscribe(`$JS.ACK.EVENTS.${enrolments.name}.>`, {
    callback: (_, { subject, data }) => {
      if (new TextDecoder().decode(data) === "+WPI") waiting.set(subject, (waiting.get(subject) ?? 0) + 1);
    },
  });
  const slow = Promise.withResolvers<void>();
  let calls = 0;
  await using _reaction = await runReaction(enrolments, codeEvents, { connection, log }, () => {
    calls++;
    return slow.promise;
  });
  for (const id of ids) await claimed(id);
  await expect.poll(() => [...waiting.values()].filter((times) => times > 1)).toHaveLength(ids.length);
  slow.resolve();
  await expect.poll(() => calls).toBe(ids.length);
});
