/** The end of a command that failed: what happened, why, and what to type next. */
import { styleText } from "node:util";
import type { Explained } from "../explain.ts";

/** Prints an error for people. Never a stack trace, unless somebody debugs. */
export function sayError({ what, why, next }: Explained, error: unknown, debug: boolean): void {
  const { stderr } = process;
  const label = styleText("red", "natster:", { stream: stderr });
  stderr.write(`${label} ${what}\n`);
  if (why !== undefined) stderr.write(`  because: ${why}\n`);
  if (next !== undefined) stderr.write(`  next:    ${styleText("bold", next, { stream: stderr })}\n`);
  if (debug) stderr.write(`\n${error instanceof Error ? stackOf(error) : String(error)}\n`);
}

const stackOf = (error: Error): string =>
  `${error.stack ?? error.message}${error.cause instanceof Error ? `\ncaused by: ${stackOf(error.cause)}` : ""}`;
