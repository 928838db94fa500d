/** What might be sent to an endpoint, right and wrong, made from its schema. */
import { type AccountKey, type Endpoint, UserKey } from "@natster/contracts";
import { createKey } from "@natster/trust";
import fc from "fast-check";
import * as z from "zod";

/** A part of a JSON Schema as zod writes it. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

const user = UserKey.parse(createKey("user").public);

/** Values of the shape that an endpoint asks for; accounts are drawn from these. */
export const wellShaped = (endpoint: Endpoint, accounts: readonly AccountKey[]): fc.Arbitrary<unknown> =>
  valuesOf(z.toJSONSchema(endpoint.request, { unrepresentable: "any", io: "input" }) as Shape, accounts).filter(
    (value) => endpoint.request.safeParse(value).success,
  );

/** Something that an endpoint has to refuse, and in which way it is wrong. */
export interface Wrong {
  readonly kind: string;
  readonly payload: Uint8Array;
}

/** Everything that is wrong with a request: its JSON, its types, its fields, its names, its size. */
export function wrong(endpoint: Endpoint, accounts: readonly AccountKey[]): fc.Arbitrary<Wrong> {
  const right = wellShaped(endpoint, accounts) as fc.Arbitrary<Record<string, unknown>>;
  const tooMuch = (endpoint.maxRequest ?? 64 * 1024) + 1;
  const said = (kind: string, values: fc.Arbitrary<unknown>) =>
    values.map((value) => ({ kind, payload: utf8(JSON.stringify(value) ?? "undefined") }));
  return fc
    .oneof(
      fc.uint8Array({ minLength: 1 }).map((payload) => ({ kind: "bytes", payload })),
      right.map((value) => ({ kind: "cut JSON", payload: utf8(JSON.stringify(value).slice(0, -1)) })),
      said("another value", fc.jsonValue()),
      said(
        "a wrong type",
        fc.tuple(right, fc.nat(), fc.jsonValue()).map(([value, at, other]) => replaced(value, at, other)),
      ),
      said(
        "an unsafe name",
        fc.tuple(right, fc.nat(), unsafeNames).map(([value, at, name]) => replaced(value, at, name)),
      ),
      said(
        "an unknown field",
        fc.tuple(right, unknownFields, fc.jsonValue()).map(([value, name, other]) => withField(value, name, other)),
      ),
      right.map((value) => ({ kind: "too large", payload: utf8(JSON.stringify(value).padStart(tooMuch)) })),
    )
    .filter(({ kind, payload }) => kind === "too large" || !fits(endpoint, payload));
}

/** What subjects, keys and lines of text must never be made of. */
const unsafeNames = fc.oneof(
  fc.constantFrom(
    "*",
    ">",
    "a.b",
    "a b",
    "",
    ".",
    "..",
    "a\r\nPUB x 0",
    "a\u0000b",
    "$SYS",
    "a*",
    "ünï",
    "A".repeat(65),
  ),
  fc
    .tuple(fc.string(), fc.constantFrom("*", ">", " ", ".", "\r\n", "\t", "\u0000"), fc.string())
    .map((parts) => parts.join("")),
);
const unknownFields = fc.oneof(fc.constantFrom("__proto__", "constructor", "toString", "", "a.b"), fc.string());

function valuesOf(shape: Shape, accounts: readonly AccountKey[]): fc.Arbitrary<unknown> {
  const any = shape.anyOf ?? shape.oneOf;
  if (any) return fc.oneof(...any.map((each) => valuesOf(each, accounts)));
  if ("const" in shape) return fc.constant(shape.const);
  if (shape.enum) return fc.constantFrom(...shape.enum);
  switch (shape.type) {
    case "object": {
      const { properties = {}, required = [] } = shape;
      const fields = Object.entries(properties).map(([name, each]) => [name, valuesOf(each, accounts)]);
      return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: [...required],
        noNullPrototype: true,
      });
    }
    case "array":
      return fc.array(valuesOf(shape.items ?? {}, accounts), { maxLength: 5 });
    case "integer":
      return fc.integer({
        min: Math.max(shape.minimum ?? -1_000, -1_000),
        max: Math.min(shape.maximum ?? 1_000, 1_000),
      });
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "boolean":
      return fc.boolean();
    case "string":
      return textOf(shape, accounts);
    default:
      return fc.jsonValue();
  }
}

function textOf({ pattern, format, maxLength = 40 }: Shape, accounts: readonly AccountKey[]): fc.Arbitrary<string> {
  if (pattern?.startsWith("^A[A-Z2-7]")) return fc.constantFrom(...accounts);
  if (pattern?.startsWith("^U[A-Z2-7]")) return fc.constant(user);
  if (format === "date-time")
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  const plain = fc.string({ maxLength: Math.min(maxLength, 40) });
  // One line of text is said in classes of Unicode, of which no examples can be made.
  return pattern === undefined || pattern.includes("\\p")
    ? plain
    : fc.stringMatching(new RegExp(pattern), { size: "small" });
}

/** The same with another value in the place of one field, or in its own place where it has none. */
function replaced(value: Record<string, unknown>, at: number, other: unknown): unknown {
  const names = Object.keys(value);
  const name = names[at % (names.length + 1)];
  return name === undefined ? other : { ...value, [name]: other };
}

function withField(value: Record<string, unknown>, name: string, other: unknown): unknown {
  const more = { ...value };
  // As JSON has it: a field of its own, whatever JavaScript means by the name.
  Object.defineProperty(more, name, { value: other, enumerable: true });
  return more;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Whether a payload is what the contract asks for. */
function fits(endpoint: Endpoint, payload: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
    return endpoint.request.safeParse(text === "" ? {} : JSON.parse(text)).success;
  } catch {
    return false;
  }
}
