import { Throttle } from "@natster/files";
import { expect, test } from "vitest";
import { Turns, type TurnsOptions } from "./turns.ts";

const never = new AbortController().signal;

/** A connection whose bytes leave when the test says so. */
function setUp(options: TurnsOptions) {
  const flushes: PromiseWithResolvers<void>[] = [];
  const connection = {
    flush() {
      const flush = Promise.withResolvers<void>();
      flushes.push(flush);
      return flush.promise;
    },
  };
  const turns = new Turns(connection, options);
  const order: string[] = [];
  const readers = new Map<string, object>();
  const ask = (name: string, bytes: number, signal = never) => {
    const reader = readers.get(name) ?? {};
    readers.set(name, reader);
    return turns.take(reader, bytes, signal).then((done) => {
      order.push(name);
      return done;
    });
  };
  return { order, ask, flushes };
}

const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test("no more is made than may be unsent, and more when nats-server has taken some", async () => {
  const { ask, order, flushes } = setUp({ unsent: 100 });
  const first = await ask("one", 60);
  void ask("one", 60);
  await settled();
  expect(order).toEqual(["one"]);

  first(new Uint8Array(60));
  await settled();
  expect(order).toEqual(["one"]);
  flushes[0]?.resolve();
  await settled();
  expect(order).toEqual(["one", "one"]);
});

test("what becomes shorter than was counted, or nothing at all, leaves its room to the next at once", async () => {
  for (const [frame, next] of [
    [new Uint8Array(10), 90],
    [undefined, 100],
  ] as const) {
    const { ask, order } = setUp({ unsent: 100 });
    const first = await ask("one", 60);
    void ask("two", next);
    await settled();
    expect(order).toEqual(["one"]);
    first(frame);
    await settled();
    expect(order).toEqual(["one", "two"]);
  }
});

const give = async (turn: ReturnType<ReturnType<typeof setUp>["ask"]>) => (await turn)(new Uint8Array(10));

test("readers take turns, however much one of them asks for", async () => {
  const { ask, order, flushes } = setUp({ unsent: 10 });
  const all = [...Array<string>(6).fill("greedy"), "two", "three", "two"].map((name) => give(ask(name, 10)));
  for (let flushed = 0; order.length < all.length; flushed++) {
    await settled();
    flushes[flushed]?.resolve();
    await settled();
  }
  expect(order).toEqual(["greedy", "greedy", "two", "three", "greedy", "two", "greedy", "greedy", "greedy"]);
});

test("something larger than the bound goes alone, and a lost connection holds nobody up", async () => {
  const { ask, order, flushes } = setUp({ unsent: 10 });
  (await ask("large", 50))(new Uint8Array(50));
  void ask("next", 10);
  await settled();
  expect(order).toEqual(["large"]);
  flushes[0]?.reject(new Error("connection disconnected"));
  await settled();
  expect(order).toEqual(["large", "next"]);
});

test("whoever leaves makes room, and is told the reason", async () => {
  const { ask, order, flushes } = setUp({ unsent: 10 });
  const done = await ask("one", 10);
  const leaving = new AbortController();
  const gone = ask("gone", 10, leaving.signal);
  const after = ask("after", 10);
  leaving.abort(new Error("the session has ended"));
  await expect(gone).rejects.toThrow("the session has ended");
  done(new Uint8Array(10));
  await settled();
  flushes[0]?.resolve();
  await after;
  expect(order).toEqual(["one", "after"]);
});

test("with a rate to keep to, what is beyond it waits for its time", async () => {
  const { ask, order } = setUp({ throttle: new Throttle(1_000) });
  const began = performance.now();
  await ask("one", 450);
  await ask("one", 1);
  expect(order).toEqual(["one", "one"]);
  expect(performance.now() - began).toBeGreaterThan(150);
});

test("a rate is kept to by what is sent, and not by what might have been", async () => {
  // Time stands still: what waits for it waits for ever.
  const { ask, order } = setUp({ throttle: new Throttle(1_000, () => 0) });
  for (let count = 0; count < 20; count++) (await ask("one", 450))(new Uint8Array(1));
  const last = await ask("one", 450);
  void ask("two", 1);
  await settled();
  expect(order).toHaveLength(21);
  last(new Uint8Array(1));
  await settled();
  expect(order.at(-1)).toBe("two");
});

test("two that share a rate keep to it together", async () => {
  const throttle = new Throttle(1_000);
  const [one, other] = [setUp({ throttle }), setUp({ throttle })];
  const began = performance.now();
  await one.ask("one", 450);
  await other.ask("other", 1);
  expect(performance.now() - began).toBeGreaterThan(150);
});
