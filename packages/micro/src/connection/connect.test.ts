import { describe, expect, test } from "vitest";
import { heldBackoff, jitteredBackoff } from "./backoff.ts";
import { compareVersions, connect, oldestServer } from "./connect.ts";
import { ConfigError } from "../service/config.ts";
import { silentLog } from "../service/log.ts";

describe("pauses", () => {
  test("double from a tenth of a second to ten seconds, and never end", () => {
    const { next } = jitteredBackoff();
    const pauses = Array.from({ length: 1_000 }, next);
    pauses.forEach((pause, index) => {
      const bound = Math.min(10_000, 100 * 2 ** Math.min(index, 20));
      expect(pause).toBeGreaterThanOrEqual(bound / 2);
      expect(pause).toBeLessThanOrEqual(bound);
    });
    // The library's own ten tries would have ended long before this.
    expect(pauses.reduce((sum, pause) => sum + pause)).toBeGreaterThan(60 * 60 * 1_000);
  });

  test("differ, so that a crowd does not come back at once", () => {
    const first = Array.from({ length: 50 }, () => jitteredBackoff().next());
    expect(new Set(first).size).toBeGreaterThan(40);
  });

  test("are the same however often they are asked for, until the next try", () => {
    const { next, tried, reset } = heldBackoff(jitteredBackoff());
    const first = next();
    expect([next(), next()]).toEqual([first, first]);
    tried();
    expect(next()).toBeGreaterThanOrEqual(100);
    reset();
    expect(next()).toBeLessThanOrEqual(100);
  });

  test("begin again after it has worked", () => {
    const { next, reset } = jitteredBackoff();
    for (let tries = 0; tries < 10; tries++) next();
    reset();
    expect(next()).toBeLessThanOrEqual(100);
  });
});

test("versions compare by their numbers", () => {
  expect(compareVersions("2.14.0", oldestServer)).toBe(0);
  expect(compareVersions("2.9.10", oldestServer)).toBeLessThan(0);
  expect(compareVersions("2.15.1-RC.1", oldestServer)).toBeGreaterThan(0);
  expect(compareVersions("3.0.0", "2.99.99")).toBeGreaterThan(0);
});

test("creds that are none are said before anything is dialled", async () => {
  const options = { servers: "nats://127.0.0.1:1", name: "test", log: silentLog() };
  await expect(connect({ ...options, creds: "no creds" })).rejects.toThrow(ConfigError);
  await expect(connect({ ...options, creds: { file: "/nowhere" } })).rejects.toThrow(
    "cannot read the creds file /nowhere",
  );
});
