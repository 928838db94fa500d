import stringWidth from "string-width";
import { expect, onTestFinished, test, vi } from "vitest";
import { lineOf, sayWaiting } from "./progress.ts";

const total = { files: 12, bytes: 10_000_000 };

test("progress says how much, how fast, how long still and how many files", () => {
  expect(lineOf({ files: 3, bytes: 2_500_000 }, total, 1_000, 100)).toMatch(
    / 25 %  2\.5 MB  2\.5 MB\/s  3 s left  3\/12 files$/,
  );
});

test("what was there already is not counted as fast", () => {
  expect(lineOf({ files: 0, bytes: 9_000_000, resumed: 8_000_000 }, total, 1_000, 100)).toMatch(
    / 90 %  9\.0 MB  1\.0 MB\/s  1 s left  0\/12 files$/,
  );
});

test.each([20, 40, 60, 80, 300])("on %i columns it stays on one line", (columns) => {
  for (const bytes of [0, 1, 5_000_000, 10_000_000]) {
    expect(stringWidth(lineOf({ files: 1, bytes }, total, 500, columns))).toBeLessThan(Math.max(20, columns));
  }
});

test("nothing to fetch is all of it", () => {
  expect(lineOf({ files: 0, bytes: 0 }, { files: 0, bytes: 0 }, 0)).toContain("100 %");
});

test("what is waited for is said once, when it takes long, and so is what comes after it", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const said: string[] = [];
  const waiting = sayWaiting("a server", (what) => said.push(what));
  vi.advanceTimersByTime(4_000);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(20_000);
  waiting.now("folders");
  vi.advanceTimersByTime(20_000);
  expect(said).toEqual(["waiting for a server", "waiting for folders"]);

  waiting.now("nothing");
  waiting[Symbol.dispose]();
  vi.advanceTimersByTime(20_000);
  expect(said).toHaveLength(2);
});
