import { expect, test } from "vitest";
import { RateTyped, written } from "./rate.ts";

test.each([
  ["500k", 500_000],
  ["2M", 2_000_000],
  ["1.5MB/s", 1_500_000],
  ["1 GB", 1_000_000_000],
])("%s is so many bytes a second: %i", (typed, rate) => {
  expect(RateTyped.parse(typed)).toBe(rate);
  expect(RateTyped.parse(written(rate))).toBe(rate);
});

test.each(["", "2", "-2M", "0M", "0.5k", "2m", "2 MiB", "fast"])("%o is no rate", (typed) => {
  expect(RateTyped.safeParse(typed).error?.issues[0]?.message).toBe("expected bytes a second, such as 500k or 2M");
});
