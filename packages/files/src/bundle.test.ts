import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBundle, encodeBundle } from "./bundle.ts";

const contents = fc.array(fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }), { maxLength: 10 });

test("what was put together comes apart again, empty files and gaps too", () => {
  fc.assert(
    fc.property(contents, (given) => {
      expect(decodeBundle(encodeBundle(given), given.length)).toEqual(given);
    }),
  );
});

const some = fc.array(fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }), { minLength: 1, maxLength: 10 });

test("a bundle that was cut, or holds more or less than was asked for, is refused", () => {
  fc.assert(
    fc.property(some, fc.nat(1_000), (given, cut) => {
      const bundle = encodeBundle(given);
      const shorter = bundle.subarray(0, cut % bundle.length);
      expect(() => decodeBundle(bundle, given.length + 1)).toThrow(RangeError);
      expect(() => decodeBundle(bundle, given.length - 1)).toThrow(RangeError);
      expect(() => decodeBundle(shorter, given.length)).toThrow(RangeError);
    }),
  );
});
