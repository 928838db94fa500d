import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { forEachOf, Gate } from "./parallel.ts";

test("all items are worked on, never more than a few at once, and each is taken only when there is room", async () => {
  let [taken, done, most] = [0, 0, 0];
  const items = (function* () {
    for (let item = 0; item < 20; item++) {
      taken++;
      yield item;
    }
  })();
  await forEachOf(items, 3, async () => {
    most = Math.max(most, taken - done);
    await sleep(1);
    done++;
  });

  expect({ done, most }).toEqual({ done: 20, most: 3 });
});

test("the first failure ends it, when what is under way has settled", async () => {
  const finished: number[] = [];
  const work = async (item: number) => {
    await sleep(item === 1 ? 1 : 10);
    if (item === 1) throw new Error("one");
    finished.push(item);
  };

  await expect(forEachOf([0, 1, 2, 3, 4, 5], 2, work)).rejects.toThrow("one");
  expect(finished).toEqual([0]);
});

test("a gate lets a few through and the others wait their turn, also behind one that fails", async () => {
  const gate = new Gate(2);
  let [inside, most] = [0, 0];
  const order: number[] = [];
  const pass = (item: number) =>
    gate.run(async () => {
      order.push(item);
      most = Math.max(most, ++inside);
      await sleep(1);
      inside--;
      if (item === 0) throw new Error("zero");
    });

  const settled = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(pass));
  expect(settled.map(({ status }) => status === "fulfilled")).toEqual([false, true, true, true, true, true]);
  expect({ order, most }).toEqual({ order: [0, 1, 2, 3, 4, 5], most: 2 });
});
