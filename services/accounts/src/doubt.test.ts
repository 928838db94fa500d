import { silentLog } from "@natster/micro";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { reconcileInDoubt } from "./doubt.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Says who pushes second by second, and how often everything was compared until then. */
async function compared(pushers: readonly (string | undefined)[], { failsAt = -1, lostAt = -1 } = {}) {
  const counts: number[] = [];
  let count = 0;
  let second = 0;
  const reconnect = Promise.withResolvers<void>();
  using _doubt = reconcileInDoubt({
    connection: {
      async *status() {
        await reconnect.promise;
        yield { type: "reconnect", server: "" } as const;
      },
    },
    projection: { writer: async () => pushers[second] },
    reconcileAll: async () => {
      if (second === failsAt) throw new Error("nothing can be read");
      count++;
    },
    log: silentLog(),
  });
  for (; second < pushers.length; second++) {
    if (second === lostAt) reconnect.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    counts.push(count);
  }
  return counts;
}

describe("every account is compared", () => {
  test("not while the same one pushes, nor when the first one begins", async () => {
    expect(await compared([undefined, undefined, "a", "a", "a"])).toEqual([0, 0, 0, 0, 0]);
  });

  test("once when another pushes", async () => {
    expect(await compared(["a", "b", "b"])).toEqual([0, 1, 1]);
  });

  test("once when the one that pushed is gone and nobody has anything to do", async () => {
    expect(await compared(["a", undefined, undefined, "b", "b"])).toEqual([0, 1, 1, 1, 1]);
  });

  test("once when nats-server is back", async () => {
    expect(await compared(["a", "a", "a", "a"], { lostAt: 1 })).toEqual([0, 1, 1, 1]);
  });

  test("again until it succeeds", async () => {
    expect(await compared(["a", "b", "b", "b"], { failsAt: 1 })).toEqual([0, 0, 1, 1]);
  });
});
