import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { community } from "./community.ts";
import type { Library } from "./library.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Figures over rows of which only the number is known; `counts` says how often they were counted. */
function aSystem() {
  const so = { began: 5, ended: 2, counts: 0 };
  const count = (filter: string) => {
    so.counts++;
    return Promise.resolve(filter.includes(".began.") ? so.began : so.ended);
  };
  const stats = { caughtUp: () => Promise.resolve(), rows: { count } } as unknown as Library["stats"];
  const handler = community({ stats });
  const ask = (after?: number) => handler({ request: { ...(after !== undefined && { after }) } } as never);
  return { so, ask };
}
/** Three kinds, what began and what ended of each. */
const once = 6;

test("how many there are is how many began but for those that ended", async () => {
  const { ask } = aSystem();
  const each = { now: 3, ever: 5 };
  expect(await ask()).toEqual({ accounts: each, catalogs: each, shares: each });
});

test("figures are counted once for many who ask, and anew after a while", async () => {
  const { so, ask } = aSystem();
  await Promise.all([ask(), ask(), ask()]);
  await ask();
  expect(so.counts).toBe(once);
  so.began = 6;
  vi.advanceTimersByTime(10_000);
  expect(await ask()).toMatchObject({ shares: { ever: 6 } });
});

test("who asks for something newer gets figures that hold it", async () => {
  const { so, ask } = aSystem();
  await ask(7);
  so.began = 6;
  expect(await ask(7)).toMatchObject({ shares: { ever: 5 } });
  expect(await ask(8)).toMatchObject({ shares: { ever: 6 } });
});
