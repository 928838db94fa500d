/** Compares JSON Schemas: whether everything that one of them admits is admitted by another. */
import { isDeepStrictEqual } from "node:util";
import { Schema } from "./snapshot.ts";

/** How strictly objects are taken. */
export interface Reading {
  /** Whoever reads by the wider schema passes over properties that it does not know. */
  readonly tolerant: boolean;
}

const lower = ["minimum", "exclusiveMinimum", "minLength", "minItems"];
const upper = ["maximum", "exclusiveMaximum", "maxLength", "maxItems"];
const same = ["pattern", "format", "contentEncoding", "allOf", "not", "multipleOf", "propertyNames", "uniqueItems"];

/**
 * Where a value that fits `from` need not fit `to`, each in a line; nothing where all of them do. It says rather too much
 * than too little: patterns that differ are taken for narrower.
 */
export function narrowed(from: Schema, to: Schema, reading: Reading, at = ""): string[] {
  if (isDeepStrictEqual(from, to) || Object.keys(to).length === 0) return [];
  const alternatives = branches(from);
  if (alternatives) return alternatives.flatMap((each) => narrowed(each, to, reading, at));
  const wider = branches(to);
  if (wider) {
    const faults = wider.map((each) => narrowed(from, each, reading, at));
    const closest = faults.toSorted((one, other) => one.length - other.length)[0] ?? [];
    return closest.length === 0 ? [] : [`${where(at)} fits none of what is known: ${closest.join("; ")}`];
  }
  const [values, known] = [valuesOf(from), valuesOf(to)];
  if (known) {
    const strange = values?.filter((value) => !known.some((each) => isDeepStrictEqual(each, value)));
    return strange?.length === 0
      ? []
      : [`${where(at)} may be ${strange?.map((each) => JSON.stringify(each)).join(", ") ?? "more"}`];
  }
  if (
    to["type"] !== undefined &&
    from["type"] !== to["type"] &&
    !(from["type"] === "integer" && to["type"] === "number")
  ) {
    return [`${where(at)} is ${JSON.stringify(from["type"])} and was ${JSON.stringify(to["type"])}`];
  }
  return [...bounds(from, to, at), ...properties(from, to, reading, at), ...items(from, to, reading, at)];
}

const where = (at: string): string => at || "it";

const branches = ({ anyOf, oneOf }: Schema): Schema[] | undefined => {
  const found = anyOf ?? oneOf;
  return Array.isArray(found) ? found.map((each) => Schema.parse(each)) : undefined;
};

const valuesOf = (schema: Schema): unknown[] | undefined => {
  if ("const" in schema) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : undefined;
};

function bounds(from: Schema, to: Schema, at: string): string[] {
  const number = (schema: Schema, key: string, otherwise: number) => Number(schema[key] ?? otherwise);
  return [
    ...lower.filter((key) => number(from, key, -Infinity) < number(to, key, -Infinity)),
    ...upper.filter((key) => number(from, key, Infinity) > number(to, key, Infinity)),
    ...same.filter((key) => to[key] !== undefined && !isDeepStrictEqual(from[key], to[key])),
  ].map((key) => `${where(at)} has another ${key}`);
}

function properties(from: Schema, to: Schema, reading: Reading, at: string): string[] {
  const [there, known] = [schemasIn(from["properties"]), schemasIn(to["properties"])];
  const [given, needed] = [namesIn(from["required"]), namesIn(to["required"])];
  const open = reading.tolerant || to["additionalProperties"] !== false;
  return [
    ...needed.filter((name) => !given.includes(name)).map((name) => `${join(at, name)} may be missing`),
    ...Object.entries(there).flatMap(([name, schema]) => {
      const wider = known[name];
      if (wider) return narrowed(schema, wider, reading, join(at, name));
      return open ? [] : [`${join(at, name)} is not known`];
    }),
  ];
}

const items = (from: Schema, to: Schema, reading: Reading, at: string): string[] =>
  to["items"] === undefined
    ? []
    : narrowed(Schema.parse(from["items"] ?? {}), Schema.parse(to["items"]), reading, `${at}[]`);

const schemasIn = (found: unknown): Record<string, Schema> =>
  Object.fromEntries(Object.entries(Schema.parse(found ?? {})).map(([name, schema]) => [name, Schema.parse(schema)]));
const namesIn = (found: unknown): string[] => (Array.isArray(found) ? found.map(String) : []);
const join = (at: string, name: string): string => (at === "" ? name : `${at}.${name}`);
