import { expect, test } from "vitest";
import { scrollFor, windowOf } from "./window.ts";

test("of a hundred thousand lines only those that are seen are drawn, and a few more", () => {
  expect(windowOf(0, 800, 40, 100_000)).toEqual({ from: 0, to: 26 });
  expect(windowOf(2_000_000, 800, 40, 100_000)).toEqual({ from: 49_994, to: 50_026 });
  expect(windowOf(3_999_200, 800, 40, 100_000)).toEqual({ from: 99_974, to: 100_000 });
});

test("a list that became short shows what there is", () => {
  expect(windowOf(2_000_000, 800, 40, 3)).toEqual({ from: 3, to: 3 });
  expect(windowOf(0, 0, 40, 0)).toEqual({ from: 0, to: 0 });
});

test("a line that is not seen is scrolled to, and no further", () => {
  expect(scrollFor(5, 400, 800, 40)).toBe(200);
  expect(scrollFor(40, 400, 800, 40)).toBe(840);
  expect(scrollFor(15, 400, 800, 40)).toBeUndefined();
});
