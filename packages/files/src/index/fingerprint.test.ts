import type { BigIntStats } from "node:fs";
import { expect, test } from "vitest";
import { unsettledFor } from "./fingerprint.ts";

const changedAt = (milliseconds: number, nanoseconds = 1n) =>
  ({ mtimeNs: BigInt(milliseconds) * 1_000_000n + nanoseconds }) as BigIntStats;

test("a file that was written a moment ago is waited for, until a later change is sure to show", () => {
  expect(unsettledFor(changedAt(100_005), 100_005)).toBe(20);
  expect(unsettledFor(changedAt(100_005), 100_015)).toBe(10);
  expect(unsettledFor(changedAt(100_005), 100_025)).toBe(0);
});

test("a disk that counts in whole seconds is given two of them", () => {
  expect(unsettledFor(changedAt(100_000, 0n), 100_500)).toBe(1_500);
  expect(unsettledFor(changedAt(100_000, 0n), 103_000)).toBe(0);
});

test("a time that lies ahead is not waited for", () => {
  expect(unsettledFor(changedAt(200_000), 100_000)).toBe(0);
});
