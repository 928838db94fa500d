/** Reads the contracts' sources: the name of each schema that is exported, and what stands in the comment above it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import type { Names } from "./shape.ts";

const folder = join(import.meta.dirname, "..", "..", "packages", "contracts", "src");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.includes(".test."),
);

const exported = (await Promise.all(files.map((file) => import(pathToFileURL(join(folder, file)).href)))).flatMap(
  (module: Record<string, unknown>) => Object.entries(module),
);

/** Every exported schema's name. */
export const names: Names = new Map(
  exported.flatMap(([name, value]) => (value instanceof z.ZodType ? [[value, name] as const] : [])),
);

/** The name under which a contract is exported, or the read model that declares it. */
export const nameOf = (contract: object): string =>
  exported.find(([, value]) => value === contract || isInto(value, contract))?.[0] ?? "";

const isInto = (value: unknown, contract: object): boolean =>
  typeof value === "object" && value !== null && "into" in value && value.into === contract;

const comments = new Map(
  files.flatMap((file) => {
    const source = readFileSync(join(folder, file), "utf8");
    const above = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export const )?(\w+)(?: =|:)/g;
    return [...source.matchAll(above)].map(([, text = "", name = ""]) => [`${file} ${name}`, oneLine(text)] as const);
  }),
);

/** What the comment above a name says, in one line; the empty string where there is none. */
export function commentOn(name: string, file?: string): string {
  for (const each of file ? [file] : files) {
    const found = comments.get(`${each} ${name}`);
    if (found) return found;
  }
  return "";
}

function oneLine(comment: string): string {
  return comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*\s?/, "").trim())
    .filter(Boolean)
    .join(" ")
    .trim();
}
