import { afterEach, expect, test, vi } from "vitest";
import { whenWoken } from "./when-woken.ts";

afterEach(() => void vi.useRealTimers());

test("a machine that slept is told from one that did not, each time", () => {
  vi.useFakeTimers();
  const woken = vi.fn<() => void>();
  whenWoken(woken);
  const sleep = () => vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(60_000);
  expect(woken).not.toHaveBeenCalled();
  sleep();
  vi.advanceTimersByTime(60_000);
  expect(woken).toHaveBeenCalledTimes(1);
  sleep();
  vi.advanceTimersByTime(60_000);
  expect(woken).toHaveBeenCalledTimes(2);
});
