/** What was found about one thing on a machine. */
import * as z from "zod";
import { explain } from "../explain.ts";
import { inALine } from "../explained.ts";

export const Finding = z.strictObject({
  check: z.string(),
  state: z.enum(["well", "warning", "wrong"]),
  found: z.string(),
  /** What to type. */
  next: z.string().optional(),
});
export type Finding = z.output<typeof Finding>;

/** That it could not be looked at, and why. */
export const failed = (check: string, error: unknown): Finding => {
  const explained = explain(error);
  const { next } = explained;
  return {
    check,
    state: "wrong",
    found: inALine(explained),
    // Whoever reads this has just asked it.
    ...(next !== undefined && { next: next === "natster doctor" ? "ask whoever runs the system" : next }),
  };
};
