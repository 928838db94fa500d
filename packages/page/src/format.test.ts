import { expect, test } from "vitest";
import { count, counted, duration, rate, span } from "./format.ts";

test.each([
  [undefined, "–"],
  [0.004, "<0.01 ms"],
  [0.423, "0.42 ms"],
  [1.25, "1.3 ms"],
  [42.4, "42 ms"],
  [1_250, "1.3 s"],
  [65_000, "65 s"],
])("%s ms is %s", (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

test.each([
  [undefined, "–"],
  [0, "0/s"],
  [0.5, "0.5/s"],
  [6, "6.0/s"],
  [12.4, "12/s"],
])("%s a second is %s", (perSecond, text) => expect(rate(perSecond)).toBe(text));

test("numbers are short", () => {
  expect([count(1_204), count(1_234_567), counted(1, "service"), counted(3, "service")]).toEqual([
    "1,204",
    "1.2M",
    "1 service",
    "3 services",
  ]);
  expect([span(4_200), span(200_000), span(7_500_000)]).toEqual(["4 s", "3 min", "2 h"]);
});
