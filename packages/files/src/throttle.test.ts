import fc from "fast-check";
import { expect, test } from "vitest";
import { Throttle } from "./throttle.ts";

const never = new AbortController().signal;

test("over any stretch no more is let through than the rate and one short burst", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 1_000 }), idle: fc.nat(500) }), { minLength: 2 }),
      async (steps) => {
        let clock = 0;
        const throttle = new Throttle(1_000, () => clock);
        const sent: { readonly at: number; readonly bytes: number }[] = [];
        for (const { bytes, idle } of steps) {
          clock += idle + throttle.wait;
          throttle.spend(bytes);
          sent.push({ at: clock, bytes });
        }
        for (const [first, { at: from }] of sent.entries()) {
          let total = 0;
          for (const { at, bytes } of sent.slice(first)) {
            // Whatever goes as the last may go whole.
            expect(total).toBeLessThanOrEqual(at - from + 250 + 1e-6);
            total += bytes;
          }
        }
      },
    ),
  );
});

test("those who wait are let through one by one, and one who gives up costs nothing", async () => {
  const throttle = new Throttle(100_000);
  await throttle.turn(50_000, never);
  await expect(throttle.turn(1, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  const began = performance.now();
  await throttle.turn(1, never);
  expect(performance.now() - began).toBeGreaterThan(200);
});

test("a rate at which nothing moves is refused", () => {
  expect(() => new Throttle(0)).toThrow(RangeError);
  expect(() => new Throttle(Number.NaN)).toThrow(RangeError);
});
