import { expect, test } from "vitest";
import { shortPath } from "./words.ts";

test("a path is said as it can be typed: from here, from home, or as it is", () => {
  const said = ["/home/bob/work/photos", "/home/bob/work", "/home/bob/..photos", "/home/bob", "/home/bobby/photos"].map(
    (path) => shortPath(path, "/home/bob/work", "/home/bob"),
  );
  expect(said).toEqual(["./photos", ".", "~/..photos", "~", "/home/bobby/photos"]);
});
