import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

const forever = new AbortController().signal;
const KiB = 1024;

/** How many ranges are let through now. */
async function admitted(pace: Pace, bytes: number): Promise<number> {
  let count = 0;
  const ended = new AbortController();
  const asked = Array.from({ length: 200 }, () =>
    pace.enter(bytes, ended.signal).then(
      () => count++,
      () => {},
    ),
  );
  await Promise.resolve();
  ended.abort();
  await Promise.all(asked);
  return count;
}

test("the window opens with each answer, up to its bound", async () => {
  const pace = new Pace({ window: 2048 * KiB });
  expect(await admitted(pace, 256 * KiB)).toBe(2);
  for (let answer = 0; answer < 2; answer++) pace.leave(256 * KiB, { used: true });
  expect(await admitted(pace, 256 * KiB)).toBe(4);
  for (let answer = 0; answer < 4; answer++) pace.leave(256 * KiB, { used: true });
  expect(await admitted(pace, 256 * KiB)).toBe(8);
  for (let answer = 0; answer < 8; answer++) pace.leave(256 * KiB, { used: true });
  expect(await admitted(pace, 256 * KiB)).toBe(8);
});

test("losses together halve it once, and one request always goes", async () => {
  const pace = new Pace();
  expect(await admitted(pace, 128 * KiB)).toBe(4);
  for (let answer = 0; answer < 4; answer++) pace.leave(128 * KiB, { used: false });
  pace.lost(10_000);
  pace.lost(10_001);
  expect(await admitted(pace, 128 * KiB)).toBe(2);
  for (let answer = 0; answer < 2; answer++) pace.leave(128 * KiB, { used: false });
  for (let round = 2; round < 30; round++) pace.lost(round * 10_000);
  expect(await admitted(pace, 256 * KiB)).toBe(1);
});

test("a window whose bytes only stand in line closes slowly, but not for that alone below what any way needs", async () => {
  const pace = new Pace();
  pace.answered(10, 0);
  const answers = async (count: number, roundTrip: number) => {
    for (let answer = 0; answer < count; answer++) {
      await pace.enter(256 * KiB, forever);
      pace.answered(roundTrip, 0);
      pace.leave(256 * KiB, { used: true });
    }
  };
  await answers(100, 10);
  expect(await admitted(pace, 256 * KiB)).toBe(32);
  for (let answer = 0; answer < 32; answer++) pace.leave(256 * KiB, { used: false });
  await answers(2_000, 1_000);
  const left = await admitted(pace, 256 * KiB);
  expect(left).toBeGreaterThanOrEqual(8);
  expect(left).toBeLessThan(20);
});

test("a way that is long is not a line", async () => {
  const pace = new Pace();
  for (let answer = 0; answer < 200; answer++) {
    await pace.enter(256 * KiB, forever);
    pace.answered(300 + (answer % 7), answer * 100);
    pace.leave(256 * KiB, { used: true });
  }
  expect(await admitted(pace, 256 * KiB)).toBe(32);
});

test("who waits is let in when there is room, in order, and one who gives up does not keep the others", async () => {
  const pace = new Pace({ window: 100 });
  const given = new AbortController();
  const order: string[] = [];
  await pace.enter(60, forever);
  const large = pace.enter(90, given.signal).catch(() => order.push("large gave up"));
  const small = pace.enter(30, forever).then(() => order.push("small"));
  await Promise.resolve();
  expect(order).toEqual([]);
  given.abort();
  await Promise.all([large, small]);

  expect(order.toSorted()).toEqual(["large gave up", "small"]);
});

test("patience follows the measured round trip and doubles with each try, within bounds", () => {
  const pace = new Pace({ patience: 3_000 });
  expect([1, 2, 3].map((attempt) => pace.timeout(attempt))).toEqual([3_000, 6_000, 12_000]);
  pace.answered(10);
  expect(pace.timeout(1)).toBe(1_000);
  for (let answer = 0; answer < 100; answer++) pace.answered(2_000);
  expect(pace.timeout(1)).toBeCloseTo(8_000, -2);
  expect(pace.timeout(9)).toBe(30_000);
});

test("what is asked for in one request grows with the window, and shrinks with it", () => {
  const pace = new Pace();
  const most = 512 * KiB;
  expect(pace.range(most)).toBe(64 * KiB);
  for (let answer = 0; answer < 60; answer++) pace.leave(128 * KiB, { used: true });
  expect(pace.range(most)).toBe(most);
  expect(pace.range(100 * KiB)).toBe(100 * KiB);
  for (let loss = 1; loss < 10; loss++) pace.lost(loss * 10_000);
  expect(pace.range(most)).toBe(64 * KiB);
});
