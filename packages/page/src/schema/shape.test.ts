import { describe as metadataOf } from "@natster/micro";
import { services } from "@natster/contracts/platform";
import { expect, test } from "vitest";
import * as z from "zod";
import { readSchema, type Shape } from "./shape.ts";

const read = (schema: z.ZodType) => readSchema(JSON.stringify(z.toJSONSchema(schema, { io: "input" })));
/** A shape in one line. */
const line = (shape: Shape | undefined): string => {
  if (!shape) return "?";
  const { name, kind, optional, parts } = shape;
  return `${name}${optional ? "?" : ""}:${kind}${parts.length > 0 ? `{${parts.map(line).join(", ")}}` : ""}`;
};

test("an object is its names, what they are and which may be left out", () => {
  const schema = z.strictObject({
    name: z.string(),
    size: z.int().optional(),
    shared: z.boolean(),
    at: z.iso.datetime(),
    tags: z.array(z.string()),
    kind: z.enum(["file", "folder"]),
    owner: z.object({ account: z.string() }).nullable(),
  });
  expect(line(read(schema))).toBe(
    ":object{name:text, size?:whole number, shared:true or false, at:moment, tags:list of text, " +
      "kind:“file” or “folder”, owner:one of{:object{account:text}, :nothing}}",
  );
});

test("what is asked beside the kind is told in words", () => {
  const schema = z.object({
    name: z.string().min(1).max(64).regex(/^a/).describe("as people say it"),
    n: z.int().max(5),
  });
  const [name, n] = read(schema)?.parts ?? [];
  expect(name?.notes).toEqual(["as people say it", "1 characters or more", "at most 64 characters", "like ^a"]);
  expect(n?.notes).toEqual(["at most 5"]);
});

test("a schema that holds itself ends somewhere", () => {
  const Folder = z.object({
    name: z.string(),
    get folders() {
      return z.array(Folder);
    },
  });
  expect(line(read(Folder))).toContain("folders:list of object{name:text, folders:list of object{");
});

test("choices, records and nothing at all have words too", () => {
  expect(line(read(z.union([z.string(), z.null()])))).toBe(":text or nothing");
  expect(line(read(z.record(z.string(), z.number())))).toBe(":object{any name:number}");
  expect(line(read(z.strictObject({})))).toBe(":empty object");
  expect(line(readSchema("{}"))).toBe(":anything");
});

test.each(["", "io.example.Request", "[]", "7", "null"])("%o is no schema", (text) => {
  expect(readSchema(text)).toBeUndefined();
});

test.each(
  Object.values(services).flatMap((service) =>
    Object.entries(service.endpoints).map(([name, endpoint]) => [`${service.name}.${name}`, endpoint] as const),
  ),
)("%s can be read", (_, endpoint) => {
  const { schema_request: request = "", schema_response: reply = "" } = metadataOf(endpoint);
  for (const shape of [readSchema(request), readSchema(reply)])
    expect(line(shape)).not.toMatch(/^\?$|undefined|anything/);
});
