import { expect, test } from "vitest";
import { shortKey, size } from "./format.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1 kB"],
  [4_245, "4.25 kB"],
  [999_600, "1 MB"],
  [1_073_741_824, "1.07 GB"],
])("%d bytes are %s", (bytes, text) => {
  expect(size(bytes).replace("\u00A0", " ")).toBe(text);
});

test("a key is short enough to read and long enough to tell", () => {
  expect(shortKey("AALB2YYYYYYYROMX")).toBe("AALB2…ROMX");
});
