import { expect, test } from "vitest";
import * as z from "zod";
import { shape, spell } from "./shape.ts";

const Handle = z.string().regex(/^[a-z]+$/);
const names = new Map<z.core.$ZodType, string>([[Handle, "Handle"]]);

test.each([
  [z.strictObject({}), "{}"],
  [z.strictObject({ handle: Handle, was: Handle.optional() }), "{ handle: Handle, was?: Handle }"],
  [z.array(z.strictObject({ handle: Handle })), "{ handle: Handle }[]"],
  [z.union([Handle, z.literal(7)]), "Handle | 7"],
  [z.enum(["owner", "browser"]), '"owner" | "browser"'],
  [z.record(z.string(), z.boolean()), "{ [string]: boolean }"],
  [z.int().min(1).max(500), "integer 1–500"],
  [z.int().nonnegative(), "integer ≥ 0"],
  [z.iso.datetime(), "string date-time"],
  [z.string().max(64).regex(/^\w+$/), "string /^\\w+$/ of 0–64 characters"],
])("%# is written as $1", (schema, text) => {
  expect(shape(schema, names)).toBe(text);
});

test("a name stands for its schema everywhere but where it is explained", () => {
  expect(shape(Handle, names)).toBe("Handle");
  expect(spell(Handle, names)).toBe("string /^[a-z]+$/");
});

test("what has no words is no silent gap in the page", () => {
  expect(() => spell(z.date(), names)).toThrow("no words");
});
