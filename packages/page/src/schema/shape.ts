/** A JSON Schema as people read it: names, kinds and what is asked of them. Pure. */

import { en } from "../i18n/en.ts";
import type { Words } from "../i18n/en.ts";

type SchemaWords = Words["schema"];

/** One thing that a schema describes. */
export interface Shape {
  /** Its name in the object that holds it; empty where it stands alone. */
  readonly name: string;
  readonly kind: string;
  readonly optional: boolean;
  /** What else is asked of it, each in a few words. */
  readonly notes: readonly string[];
  readonly parts: readonly Shape[];
}

/** Reads a schema, or returns undefined where the text is none. */
export function readSchema(text: string, words: SchemaWords = en.schema): Shape | undefined {
  try {
    const schema: unknown = JSON.parse(text);
    return isRecord(schema) ? shapeOf(schema, { words, root: schema, name: "", optional: false, depth: 0 }) : undefined;
  } catch {
    return undefined;
  }
}

type Schema = Readonly<Record<string, unknown>>;

interface Place {
  readonly words: SchemaWords;
  readonly root: Schema;
  readonly name: string;
  readonly optional: boolean;
  readonly depth: number;
}

/** A schema may hold itself; deeper than this nobody reads. */
const deepest = 8;

function shapeOf(given: Schema, place: Place): Shape {
  const schema = resolve(given, place.root);
  const { words, root, name, optional } = place;
  const depth = place.depth + 1;
  const inner = (part: Schema, of: Partial<Place>) =>
    shapeOf(part, { words, root, name: "", optional: false, ...of, depth });
  const about = { name, optional, notes: notesOf(schema, words), parts: [] as readonly Shape[] };
  if (depth > deepest) return { ...about, kind: "…" };

  const choices = list(schema["anyOf"]) ?? list(schema["oneOf"]);
  if (choices) {
    const shapes = choices.map((choice) => inner(choice, {}));
    const plain = shapes.every(({ parts }) => parts.length === 0);
    if (plain)
      return {
        ...about,
        kind: shapes.map(({ kind }) => kind).join(words.or),
        notes: [...about.notes, ...shapes.flatMap(({ notes }) => notes)],
      };
    return { ...about, kind: words.oneOf, parts: shapes };
  }
  const all = list(schema["allOf"]);
  if (all) return { ...about, kind: words.allOf, parts: all.map((part) => inner(part, {})) };

  const items = schema["items"];
  if (schema["type"] === "array" || items !== undefined) {
    const item = isRecord(items) ? inner(items, {}) : undefined;
    return {
      ...about,
      kind: item ? words.listOf(item.kind) : words.list,
      notes: [...about.notes, ...(item?.notes ?? [])],
      parts: item?.parts ?? [],
    };
  }

  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  const parts = Object.entries(properties).map(([key, part]) =>
    inner(isRecord(part) ? part : {}, { name: key, optional: !required.has(key) }),
  );
  const rest = schema["additionalProperties"];
  const more = isRecord(rest) && Object.keys(rest).length > 0 ? [inner(rest, { name: words.anyName })] : [];
  return { ...about, kind: kindOf(schema, parts.length + more.length, words), parts: [...parts, ...more] };
}

function kindOf(schema: Schema, parts: number, words: SchemaWords): string {
  const { kinds } = words;
  if ("const" in schema) return literal(schema["const"]);
  if (Array.isArray(schema["enum"])) return schema["enum"].map(literal).join(words.or);
  const { type } = schema;
  if (Array.isArray(type)) return type.map((each) => kinds[String(each)] ?? String(each)).join(words.or);
  if (type === "object" || parts > 0) return parts > 0 ? words.object : words.emptyObject;
  if (type === "string" && schema["contentEncoding"] === "binary") return words.bytes;
  if (type === "string" && typeof schema["format"] === "string") return kinds[schema["format"]] ?? schema["format"];
  return typeof type === "string" ? (kinds[type] ?? type) : words.anything;
}

/** Bounds that only say what a number in JSON can be at all. */
const isNatural = (bound: unknown): boolean => typeof bound === "number" && Math.abs(bound) >= Number.MAX_SAFE_INTEGER;

const bounds = [
  "minLength",
  "maxLength",
  "minimum",
  "exclusiveMinimum",
  "maximum",
  "exclusiveMaximum",
  "minItems",
  "maxItems",
] as const;

function notesOf(schema: Schema, words: SchemaWords): string[] {
  const said = (key: string, text: (value: string) => string) =>
    key in schema && !isNatural(schema[key]) ? [text(String(schema[key]))] : [];
  return [
    ...said("description", (text) => text),
    ...bounds.flatMap((key) => said(key, words[key])),
    ...("default" in schema ? [words.leftOut(literal(schema["default"]))] : []),
    // What a known format is made of is its own affair.
    ...(typeof schema["format"] === "string" ? [] : said("pattern", words.like)),
  ];
}

/** What a reference within the same document points at. */
function resolve(schema: Schema, root: Schema): Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#")) return schema;
  const steps = reference.slice(1).split("/").filter(Boolean);
  const found = steps.reduce<unknown>(
    (at, step) => (isRecord(at) ? at[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined),
    root,
  );
  return isRecord(found) && found !== schema ? found : schema;
}

const literal = (value: unknown): string => (typeof value === "string" ? `“${value}”` : JSON.stringify(value));
const isRecord = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): Schema[] | undefined => (Array.isArray(value) ? value.filter(isRecord) : undefined);
