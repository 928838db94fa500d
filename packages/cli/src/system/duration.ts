/** How long: `90s`, `30m`, `12h`, `7d`, `2w`. */
import * as z from "zod";

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** In seconds: what lasts longer has no end, and a code is for soon. */
const [longest, mostOfCode] = [10 * 365 * 86_400, 30 * 86_400];

/** A duration as somebody typed it, in seconds. */
export const DurationTyped = z.string().transform((text, context) => {
  const [, count, unit = ""] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  const each = seconds[unit];
  const total = Number(count) * (each ?? Number.NaN);
  if (total > 0 && total <= longest) return total;
  context.addIssue(total > longest ? "at most ten years" : "expected a duration, such as 30m, 12h or 7d");
  return z.NEVER;
});

/** The same, of how long a code can be used. */
export const CodeDurationTyped = DurationTyped.refine((total) => total <= mostOfCode, "at most 30d");
