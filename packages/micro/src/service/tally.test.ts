import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

test("refusals and faults are counted apart, and both are errors", () => {
  const tally = new Tally();
  tally.begin()({});
  tally.begin()({ refused: "handle_taken" });
  tally.begin()({ refused: "handle_taken" });
  tally.begin()({ refused: "internal", fault: true });
  expect(tally).toMatchObject({ requests: 4, errors: 3, lastError: "internal" });
  expect(tally.report()).toMatchObject({ refusals: { handle_taken: 2 }, faults: 1, in_flight: 0 });
});

test("what is under way is counted as such, and its time when it is done", async () => {
  const tally = new Tally();
  const done = tally.begin();
  expect(tally.report()).toEqual({
    refusals: {},
    faults: 0,
    in_flight: 1,
    latency: { p50: 0, p95: 0, p99: 0, max: 0 },
  });
  await new Promise((resolve) => setTimeout(resolve, 15));
  done({});
  const { in_flight: left, latency } = tally.report();
  expect(left).toBe(0);
  expect(latency.p50).toBeGreaterThan(10);
  expect(latency.max).toBeGreaterThanOrEqual(latency.p50);
  expect(tally.processingTime / 1e6).toBeGreaterThan(10);
});
