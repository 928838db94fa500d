import fc from "fast-check";
import { expect, test } from "vitest";
import { headFor, rangeOf } from "./range.ts";

test.each([
  [null, "all"],
  ["bytes=0-", { start: 0, end: 100 }],
  ["bytes=10-19", { start: 10, end: 20 }],
  ["bytes=90-200", { start: 90, end: 100 }],
  ["bytes=-10", { start: 90, end: 100 }],
  ["bytes=-200", { start: 0, end: 100 }],
  ["bytes=99-", { start: 99, end: 100 }],
  ["bytes=100-", undefined],
  ["bytes=-0", undefined],
  ["bytes=20-10", "all"],
  ["bytes=0-1,4-5", "all"],
  ["bytes=-", "all"],
  ["lines=1-2", "all"],
])("of a hundred bytes, %s is %j", (header, range) => {
  expect(rangeOf(header, 100)).toEqual(range);
});

test("an empty file has no part, and is answered as a whole", () => {
  expect(rangeOf("bytes=0-", 0)).toBeUndefined();
  expect(rangeOf(null, 0)).toBe("all");
});

const head = (header: string | null, size: number) => {
  const { status, headers } = headFor(rangeOf(header, size), size);
  return [status, headers.get("Content-Range"), headers.get("Content-Length")];
};

test("a part says exactly which bytes it is", () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), (start, length, beyond) => {
      const size = start + length + 1;
      const asked = `bytes=${start}-${start + length + beyond}`;
      expect(head(asked, size)).toEqual([206, `bytes ${start}-${size - 1}/${size}`, String(length + 1)]);
      expect(head(`bytes=${size + beyond}-`, size)).toEqual([416, `bytes */${size}`, null]);
      expect(head(null, size)).toEqual([200, null, String(size)]);
    }),
  );
});
