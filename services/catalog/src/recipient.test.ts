import { expect, test } from "vitest";
import { isOpen } from "./recipient.ts";

test("somebody exists from registration until closing", () => {
  expect(isOpen([])).toBe(false);
  expect(isOpen([{ type: "registered" }])).toBe(true);
  expect(isOpen([{ type: "registered" }, { type: "closed" }])).toBe(false);
});
