import { expect, test } from "vitest";
import { count, duration, rate, shortKey, size, span } from "./format.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1 kB"],
  [4_245, "4.25 kB"],
  [999_600, "1 MB"],
  [1_073_741_824, "1.07 GB"],
])("%d bytes are %s", (bytes, text) => {
  expect(size(bytes).replace("\u00A0", " ")).toBe(text);
});

test("a key is short enough to read and long enough to tell", () => {
  expect(shortKey("AALB2YYYYYYYROMX")).toBe("AALB2…ROMX");
});

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
  expect([count(1_204), count(1_234_567)]).toEqual(["1,204", "1.2M"]);
  expect([span(4_200), span(200_000), span(7_500_000)]).toEqual(["4 s", "3 min", "2 h"]);
});
