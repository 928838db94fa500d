import { expect, test } from "vitest";
import { moment, shortPath } from "./words.ts";

test("a path is said as it can be typed: from here, from home, or as it is", () => {
  const said = ["/home/bob/work/photos", "/home/bob/work", "/home/bob/..photos", "/home/bob", "/home/bobby/photos"].map(
    (path) => shortPath(path, "/home/bob/work", "/home/bob"),
  );
  expect(said).toEqual(["./photos", ".", "~/..photos", "~", "/home/bobby/photos"]);
});

test("a moment that is near has seconds, one of today the clock's hour and minute, and another one its day", () => {
  const now = new Date(2026, 10, 23, 22, 2, 40);
  const at = (seconds: number) => moment(now.getTime() + seconds * 1_000, now);
  expect([at(30), at(600), at(-30), at(86_400)]).toEqual(["22:03:10", "22:12", "22:02", "2026-11-24 22:02"]);
});
