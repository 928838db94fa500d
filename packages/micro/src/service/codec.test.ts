import { Bytes } from "@natster/contracts";
import fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import { anyBytes } from "./bytes.fixture.ts";
import { decode, decodeReply, encode } from "./codec.ts";

const schema = z.strictObject({ name: z.string(), sizes: z.array(z.int()).optional() });

test("what is written is what is read", () => {
  const values = fc.record(
    { name: fc.string({ unit: "binary" }), sizes: fc.array(fc.maxSafeInteger().map((value) => value || 0)) },
    { requiredKeys: ["name"] },
  );
  fc.assert(
    fc.property(values, (value) => {
      expect(decode(schema, encode(schema, value))).toEqual({ success: true, data: value });
    }),
  );
});

test("bytes travel as they are", () => {
  const bytes = Uint8Array.of(0, 255, 10);
  expect(encode(Bytes, bytes)).toBe(bytes);
  expect(decode(Bytes, bytes)).toEqual({ success: true, data: bytes });
});

test("nothing at all is an empty object, as other tools ask without a body", () => {
  expect(decode(z.strictObject({}), new Uint8Array())).toEqual({ success: true, data: {} });
});

test("whatever comes is read or said to be wrong, and never an exception", () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const read = decode(schema, bytes);
      expect(read.success || read.issues.length > 0).toBe(true);
    }),
  );
});

test("no more than ten issues are told", () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`field${index}`, z.string()]));
  const read = decode(z.strictObject(many), new TextEncoder().encode("{}"));
  expect(read).toMatchObject({ success: false, issues: { length: 10 } });
});

test("what a reply says that is not known is passed over, at any depth, and what is wrong is not", () => {
  const reply = z.strictObject({
    rows: z.array(z.discriminatedUnion("kind", [z.strictObject({ kind: z.literal("a"), name: z.string() })])),
  });
  const told = (value: unknown) => decodeReply(reply, new TextEncoder().encode(JSON.stringify(value)));
  const known = { rows: [{ kind: "a", name: "kim" }] };
  expect(told(known)).toEqual({ success: true, data: known });
  expect(told({ rows: [{ kind: "a", name: "kim", more: { x: 1 } }], next: 3 })).toEqual({ success: true, data: known });
  expect(told({ rows: [{ kind: "a", more: 1 }] })).toMatchObject({ success: false, issues: [{ path: "rows.0.name" }] });
  expect(told({ rows: [{ kind: "b" }] })).toMatchObject({ success: false });
  expect(decodeReply(Bytes, Uint8Array.of(7))).toEqual({ success: true, data: Uint8Array.of(7) });
});
