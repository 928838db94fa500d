import { AccountKey, encodePublicKey } from "@natster/contracts";
import { expect, test } from "vitest";
import { applied } from "./applied.ts";

const account = (byte: number) => AccountKey.parse(encodePublicKey("account", new Uint8Array(32).fill(byte)));
const [lobby, alice, bob, carol] = [account(1), account(2), account(3), account(4)];

/** Asks as somebody. */
function asking(isApplied: () => Promise<boolean>) {
  const handler = applied(() => Promise.resolve(), { isApplied });
  const ask = async (who: AccountKey, of: AccountKey) =>
    handler({
      caller: { account: who, newcomer: who === lobby, administrator: false },
      request: { account: of, after: 1 },
      params: undefined,
      command: {
        id: "asks",
        name: "accounts.applied",
        caller: { account: who, newcomer: false, administrator: false },
      },
    });
  return { ask };
}

/** Asks of an account that is not applied until it is let go. */
function waitingRoom() {
  const letGo = Promise.withResolvers<boolean>();
  let looks = 0;
  const { ask } = asking(() => (looks++, letGo.promise));
  return { ask, done: () => letGo.resolve(true), looks: () => looks };
}

test("one account may wait 64 times at once, newcomers together a thousand times, and others wait all the same", async () => {
  for (const [who, most] of [
    [alice, 64],
    [lobby, 1_024],
  ] as const) {
    const { ask, done } = waitingRoom();
    const waiting = Array.from({ length: most }, () => ask(who, alice));
    await expect(ask(who, alice)).rejects.toMatchObject({ reason: "too_many_requests", code: 429 });
    waiting.push(ask(bob, alice));
    done();
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: most + 1 }, () => ({ applied: true })));
    await expect(ask(who, alice)).resolves.toEqual({ applied: true });
  }
});

test("nats-server is asked once for the first who waits for an account, and once for all others together", async () => {
  const { ask, done, looks } = waitingRoom();
  const waiting = Array.from({ length: 64 }, () => ask(alice, bob));
  await new Promise((resolve) => setImmediate(resolve));
  expect(looks()).toBe(1);
  done();
  await Promise.all(waiting);
  expect(looks()).toBe(2);
});

test("whoever asks after an event is not answered by a comparison that began before it was in the rows", async () => {
  const old = Promise.withResolvers<boolean>();
  const answers = [old.promise, Promise.resolve(false), Promise.resolve(true)];
  let looks = 0;
  const { ask } = asking(() => answers[looks++] ?? Promise.reject(new Error("asked too often")));
  const before = ask(alice, bob);
  await new Promise((resolve) => setImmediate(resolve));
  const after = ask(carol, bob);
  await new Promise((resolve) => setImmediate(resolve));
  old.resolve(true);
  expect(await before).toEqual({ applied: true });
  expect(looks).toBeLessThan(3);
  expect(await after).toEqual({ applied: true });
  expect(looks).toBe(3);
});

test("a comparison that fails is not the answer for those who wait for the next", async () => {
  const first = Promise.withResolvers<boolean>();
  const answers = [first.promise, Promise.resolve(true)];
  let looks = 0;
  const { ask } = asking(() => answers[looks++] ?? Promise.reject(new Error("asked too often")));
  const failing = ask(alice, bob);
  await new Promise((resolve) => setImmediate(resolve));
  const waiting = ask(carol, bob);
  await new Promise((resolve) => setImmediate(resolve));
  first.reject(new Error("nats-server is away"));
  await expect(failing).rejects.toThrow("nats-server is away");
  expect(await waiting).toEqual({ applied: true });
});
