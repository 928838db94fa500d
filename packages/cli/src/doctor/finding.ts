/** What was found about one thing on a machine. */
import * as z from "zod";

export const Finding = z.strictObject({
  check: z.string(),
  state: z.enum(["well", "warning", "wrong"]),
  found: z.string(),
  /** What to type. */
  next: z.string().optional(),
});
export type Finding = z.output<typeof Finding>;
