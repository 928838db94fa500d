/** The log's room on a real nats-server: what grows is refused by name where there is too little of it. */
import { defineService } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import * as z from "zod";
import { expect, onTestFinished, test } from "vitest";
import { ask } from "./lab.fixture.ts";
import { alice, bob, recordingLog, startNats } from "../nats.fixture.ts";
import { openRoom } from "./room.ts";
import { serve } from "./serve.ts";

const said = { request: z.strictObject({}), reply: z.strictObject({}), errors: {} };
const shop = defineService({
  name: "shop",
  version: "0.1.0",
  description: "Gives and takes",
  runsIn: "platform",
  endpoints: {
    give: { subject: "natster.shop.give", summary: "Give something", ...said, grows: true },
    take: { subject: "natster.shop.take", summary: "Take it back", ...said },
  },
});

async function aShop(perMinute: number) {
  const nats = await startNats();
  onTestFinished(() => nats[Symbol.asyncDispose]());
  const connection = await nats.connect();
  const room = await openRoom(connection, perMinute);
  const standing = { lobby: alice, administrators: new Set<string>() } as never;
  const handlers = { give: () => ({}), take: () => ({}) };
  const serving = await serve(shop, handlers, { connection, log: recordingLog().log, standing, room });
  onTestFinished(() => serving.stop());
  return { connection, room };
}
const { give, take } = shop.endpoints;

test("an account that has too much recorded in a minute is refused; others are not, nor is what takes back", async () => {
  const { connection } = await aShop(3);
  const gives = async (who: typeof alice) => (await ask(connection, who, give, {})).body.reason;
  // Where a minute ends in between, it begins anew.
  const asked = [];
  for (let time = 0; time < 8; time++) asked.push(await gives(bob));
  expect(asked).toContain("too_many_requests");
  expect(asked[0]).toBeUndefined();
  expect((await ask(connection, bob, take, {})).code).toBe(0);
});

test("a log that is nine tenths full takes only what takes something back", async () => {
  const { connection, room } = await aShop(1_000);
  expect(await room.fill()).toBe(0);
  const manager = await jetstreamManager(connection);
  for (let time = 0; time < 20; time++) {
    await jetstream(connection).publish("events.code.S7KQ2M4T.issued", "x".repeat(1_000));
  }
  const { config, state } = await manager.streams.info(eventStream);
  const resize = (bytes: number) => manager.streams.update(eventStream, { ...config, max_bytes: Math.ceil(bytes) });
  await resize(state.bytes / 0.88);
  expect((await ask(connection, bob, give, {})).code).toBe(0);
  await resize(state.bytes / 0.92);
  await expect
    .poll(() => ask(connection, bob, give, {}))
    .toMatchObject({
      code: 507,
      body: { reason: "log_full" },
    });
  expect(await room.fill()).toBeGreaterThan(0.9);
  expect((await ask(connection, bob, take, {})).code).toBe(0);
  expect((await jetstream(connection).publish("events.code.S7KQ2M4T.cancelled", "x".repeat(500))).seq).toBeGreaterThan(
    0,
  );
});

test("what is known of the log holds while it cannot be asked", async () => {
  const { connection } = await aShop(100_000);
  expect((await ask(connection, bob, give, {})).code).toBe(0);
  const manager = await jetstreamManager(connection);
  await manager.streams.delete(eventStream);
  const codes = new Set<number>();
  // For longer than it is believed without a look.
  for (const until = performance.now() + 2_500; performance.now() < until;) {
    codes.add((await ask(connection, bob, give, {})).code);
  }
  expect([...codes]).toEqual([0]);
});
