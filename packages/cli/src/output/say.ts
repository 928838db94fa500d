/** The end of a command that failed: what happened, why, and what to type next. */
import { styleText } from "node:util";
import type { Explained } from "../explained.ts";
import { widthOf, wrap } from "./wrap.ts";

/** Prints an error for people. Never a stack trace, unless somebody debugs. */
export function sayError({ what, why, next }: Explained, error: unknown, debug: boolean): void {
  const { stderr } = process;
  const label = styleText("red", "natster:", { stream: stderr });
  const columns = widthOf(stderr);
  const say = (line: string, indent: number) => void stderr.write(`${wrap(line, columns, " ".repeat(indent))}\n`);
  say(`${label} ${what}`, 2);
  if (why !== undefined) say(`  because: ${why}`, 11);
  if (next !== undefined) say(`  next:    ${styleText("bold", next, { stream: stderr })}`, 11);
  if (debug) stderr.write(`\n${error instanceof Error ? stackOf(error) : String(error)}\n`);
}

const stackOf = (error: Error): string =>
  `${error.stack ?? error.message}${error.cause instanceof Error ? `\ncaused by: ${stackOf(error.cause)}` : ""}`;
