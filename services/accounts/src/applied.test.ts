import { AccountKey, encodePublicKey } from "@natster/contracts";
import { expect, test } from "vitest";
import { applied } from "./applied.ts";

const account = (byte: number) => AccountKey.parse(encodePublicKey("account", new Uint8Array(32).fill(byte)));
const [lobby, alice, bob] = [account(1), account(2), account(3)];

/** Asks as somebody, of an account that is not applied until it is let go. */
function waitingRoom() {
  const letGo = Promise.withResolvers<boolean>();
  let looks = 0;
  const handler = applied(() => Promise.resolve(), { isApplied: () => (looks++, letGo.promise) });
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

test("nats-server is asked once for all who wait for the same account", async () => {
  const { ask, done, looks } = waitingRoom();
  const waiting = Array.from({ length: 64 }, () => ask(alice, bob));
  await new Promise((resolve) => setImmediate(resolve));
  expect(looks()).toBe(1);
  done();
  await Promise.all(waiting);
  expect(looks()).toBe(1);
});
