/** What somebody typed, read by its schema, and in words what is wrong about it. */
import * as z from "zod";
import { UsageError } from "./failure.ts";
import { clean } from "./output/clean.ts";
import { cut } from "./output/table.ts";

/** A file or a folder: what resolves to the folder one is in is never meant by nothing. */
export const PathTyped = z.string().min(1, "expected a path");

/** What was typed, as its schema reads it. Throws `UsageError` with what is wrong about which part, as it is `called`. */
export function check<S extends z.ZodType>(
  schema: S,
  typed: Readonly<Record<string, unknown>>,
  called: (part: string) => string,
): z.output<S> {
  const parsed = schema.safeParse(typed, { error: inWords });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const part = issue?.path[0];
  const [name, found] = typeof part === "string" ? [`${called(part)}: `, typed[part]] : ["", undefined];
  const said = found === undefined || found === "" ? "" : ` (${cut(clean([found].flat().map(String).join(" ")), 60)})`;
  throw new UsageError(`${name}${issue?.message ?? "not understood"}${said}`);
}

/** What a schema demands that says nothing of its own. */
const inWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "too_small":
      return issue.origin === "string" && issue.minimum === 1 ? "expected a text" : `at least ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string" ? `at most ${issue.maximum} characters` : `at most ${issue.maximum}`;
    case "invalid_value":
      return `expected ${issue.values.join(" or ")}`;
    case "invalid_format":
      return issue.format === "url" ? "expected an address, such as https://files.example.org" : undefined;
    case "invalid_type":
      return `expected a ${issue.expected === "int" ? "whole number" : issue.expected}`;
    default:
      return undefined;
  }
};
