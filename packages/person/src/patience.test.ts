import { expect, test } from "vitest";
import { pausing, Refusals } from "./patience.ts";

const minute = 60_000;
/** When a device gives up that is refused at these times. */
const givesUp = (refusals: Refusals, times: readonly number[]) => times.find((time) => refusals.add(time));
const everyMinute = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => (from + at) * minute);

test("a device that nats-server does nothing but refuse gives up after an hour", () => {
  expect(givesUp(new Refusals({}), everyMinute(1, 90))).toBe(61 * minute);
});

test("two refusals in a row, or an hour apart, end nothing", () => {
  expect(givesUp(new Refusals({}), [0, 10])).toBeUndefined();
  expect(givesUp(new Refusals({}), [0, 10, 61 * minute, 61 * minute + 10])).toBeUndefined();
});

test("a device that was let in again begins anew", () => {
  const refusals = new Refusals({});
  expect(givesUp(refusals, everyMinute(1, 59))).toBeUndefined();
  refusals.forget();
  expect(givesUp(refusals, everyMinute(60, 119))).toBeUndefined();
  expect(givesUp(refusals, everyMinute(120, 130))).toBe(120 * minute);
});

test("a device whose time has run out gives up at once", () => {
  expect(givesUp(new Refusals({ expires: 100 }), [99_000, 100_000])).toBe(100_000);
});

test("however little patience there is, one refusal is chance", () => {
  expect(givesUp(new Refusals({ lasts: 0 }), [0, 1, 2, 3])).toBe(2);
});

test("pauses grow with the search, however often they are asked for, and begin anew with the next", () => {
  let time = 0;
  const { next, reset } = pausing(() => time);
  const within = (from: number, to: number) => {
    const pauses = Array.from({ length: 50 }, next);
    return pauses.every((pause) => pause >= from && pause <= to);
  };
  expect(within(125, 250)).toBe(true);
  time = 60_000;
  expect(within(7_500, 15_000)).toBe(true);
  time = 3_600_000;
  expect(within(15_000, 30_000)).toBe(true);
  reset();
  expect(within(125, 250)).toBe(true);
});
