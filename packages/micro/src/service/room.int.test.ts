/** The log's room on a real nats-server: what grows is refused by name where there is too little of it. */
import { type AccountKey, CatalogName, type EventOf } from "@natster/contracts";
import { catalog as contract, catalogEvents } from "@natster/contracts/catalog";
import { eventStream } from "@natster/contracts/platform";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { expect, onTestFinished, test } from "vitest";
import { defineAggregate } from "../events/aggregate.ts";
import { openEventLog } from "../events/event-log.ts";
import { alice, bob, startNats } from "../nats.fixture.ts";
import { openRoom } from "./room.ts";

type Event = EventOf<typeof catalogEvents> & { readonly grows?: true };
const aCatalog = defineAggregate({ events: catalogEvents, initial: 0, evolve: (times) => times + 1 });
const photos = CatalogName.parse("photos");
const create: Event = { type: "created", data: {} };
const retire: Event = { type: "retired", data: { reason: "owner" } };

async function aLog(perMinute: number) {
  const nats = await startNats();
  onTestFinished(() => nats[Symbol.asyncDispose]());
  const connection = await nats.connect();
  const room = await openRoom(connection, perMinute);
  const log = await openEventLog(connection, contract, room);
  /** Records something of an account's; resolves with why not, where it is refused. */
  const record = (owner: AccountKey, event: Event | undefined, more: { follows?: true } = {}) => {
    const command = { id: crypto.randomUUID(), name: "catalog.test", ...more };
    const caller = { account: owner, newcomer: false, administrator: false };
    return log
      .append(aCatalog, { owner, catalog: photos }, () => (event ? [event] : []), { ...command, caller })
      .then(
        () => "recorded",
        (error: { readonly reason?: string }) => error.reason,
      );
  };
  return { connection, room, record };
}

test("an account that has too much recorded in a minute is refused, and nobody else is, nor what follows by itself", async () => {
  const { record } = await aLog(3);
  for (const event of [create, retire]) {
    const said = [];
    for (let time = 0; time < 8; time++) said.push(await record(bob, event));
    // Where a minute ends in between, it begins anew.
    expect(said).toContain("too_many_requests");
    // What takes back is counted apart: whoever has ever more recorded keeps nobody from that.
    expect(said[0]).toBe("recorded");
  }
  expect(await record(alice, create)).toBe("recorded");
  expect(await record(bob, retire, { follows: true })).toBe("recorded");
  // Asking counts only where something is recorded.
  for (let time = 0; time < 8; time++) expect(await record(alice, undefined)).toBe("recorded");
});

test("a log that is nine tenths full takes only what takes something back", async () => {
  const { connection, room, record } = await aLog(1_000);
  expect(await room.fill()).toBe(0);
  const manager = await jetstreamManager(connection);
  for (let time = 0; time < 20; time++) {
    await jetstream(connection).publish("events.code.S7KQ2M4T.issued", "x".repeat(60_000));
  }
  const { config, state } = await manager.streams.info(eventStream);
  const resize = (bytes: number) => manager.streams.update(eventStream, { ...config, max_bytes: Math.ceil(bytes) });
  await resize(state.bytes / 0.8);
  expect(await record(bob, create)).toBe("recorded");
  await resize(state.bytes / 0.92);
  await expect.poll(() => record(bob, create)).toBe("log_full");
  expect(await room.fill()).toBeGreaterThan(0.9);
  expect(await record(bob, create, { follows: true })).toBe("log_full");
  expect(await record(bob, { ...retire, grows: true })).toBe("log_full");
  expect(await record(bob, retire)).toBe("recorded");
});

test("what is known of the log holds while it cannot be asked", async () => {
  const { connection, room } = await aLog(100_000);
  const command = {
    id: "command",
    name: "catalog.test",
    caller: { account: bob, newcomer: false, administrator: false },
  };
  await room.admit(command, { grows: true });
  const manager = await jetstreamManager(connection);
  await manager.streams.delete(eventStream);
  // For longer than it is believed without a look.
  for (const until = performance.now() + 2_500; performance.now() < until;) {
    await room.admit(command, { grows: true });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await expect(room.fill()).rejects.toThrow("stream not found");
});
