/** Writes a schema as a short, readable type: `{ catalog: CatalogName, description?: Label }`. */
import * as z from "zod";

/** Zod hands out the parts of a schema by this name of its type. */
type Schema = z.core.$ZodType;

/** The names of schemas that have one: where such a schema is part of another, its name stands for it. */
export type Names = ReadonlyMap<Schema, string>;

/** Writes a schema by its name where it has one. */
export const shape = (schema: Schema, names: Names, indent = ""): string =>
  names.get(schema) ?? spell(schema, names, indent);

/** Writes a schema out, whether it has a name or not; only the parts in it go by theirs. */
export function spell(schema: Schema, names: Names, indent = ""): string {
  const within = (part: Schema) => shape(part, names, indent);
  if (schema instanceof z.ZodObject) return spellObject(schema, names, indent);
  if (schema instanceof z.ZodArray) return `${within(schema.element)}[]`;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return within(schema.unwrap());
  if (schema instanceof z.ZodNullable) return `${within(schema.unwrap())} | null`;
  if (schema instanceof z.ZodUnion) return spellUnion(schema.options.map(within), indent);
  if (schema instanceof z.ZodRecord) return `{ [${within(schema.keyType)}]: ${within(schema.valueType)} }`;
  if (schema instanceof z.ZodEnum) return schema.options.map(quoted).join(" | ");
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(quoted).join(" | ");
  return spellPlain(z.toJSONSchema(schema, { unrepresentable: "any" }));
}

const widest = 100;

function spellObject(schema: z.ZodObject, names: Names, indent: string): string {
  const deeper = `${indent}  `;
  const fields = Object.entries(schema.shape).map(([name, part]) => {
    const mayLack = part instanceof z.ZodOptional || part instanceof z.ZodDefault;
    return `${name}${mayLack ? "?" : ""}: ${shape(part, names, deeper)}`;
  });
  if (fields.length === 0) return "{}";
  const line = `{ ${fields.join(", ")} }`;
  return line.length <= widest && !line.includes("\n")
    ? line
    : `{\n${fields.map((field) => `${deeper}${field},\n`).join("")}${indent}}`;
}

function spellUnion(options: readonly string[], indent: string): string {
  const line = options.join(" | ");
  return line.length <= widest && !line.includes("\n")
    ? line
    : options.map((option, at) => (at === 0 ? option : option.replaceAll("\n", "\n  "))).join(`\n${indent}| `);
}

/** What has no parts is written by what its JSON Schema says of it. */
function spellPlain(plain: z.core.JSONSchema.JSONSchema): string {
  switch (plain.type) {
    case "boolean":
      return "boolean";
    case "integer":
    case "number":
      return [plain.type, range(plain)].filter(Boolean).join(" ");
    case "string":
      return ["string", plain.contentMediaType ?? plain.format ?? pattern(plain), length(plain)]
        .filter(Boolean)
        .join(" ");
    default:
      throw new Error(`no words for ${JSON.stringify(plain)}: teach them to scripts/subjects/shape.ts`);
  }
}

function range({ minimum, maximum, exclusiveMinimum: above }: z.core.JSONSchema.JSONSchema): string {
  // What every whole number of JavaScript is within says nothing.
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (above !== undefined) return `> ${above}`;
  if (least !== undefined && most !== undefined) return `${least}–${most}`;
  return most !== undefined ? `≤ ${most}` : least === undefined ? "" : `≥ ${least}`;
}

const pattern = (plain: z.core.JSONSchema.JSONSchema): string =>
  plain.pattern === undefined ? "" : `/${plain.pattern}/`;

const length = ({ minLength = 0, maxLength }: z.core.JSONSchema.JSONSchema): string =>
  maxLength === undefined ? "" : `of ${minLength}–${maxLength} characters`;

const quoted = (value: unknown): string => (typeof value === "string" ? `"${value}"` : String(value));
