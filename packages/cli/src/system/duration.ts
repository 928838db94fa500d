/** How long: `90s`, `30m`, `12h`, `7d`, `2w`. */
import * as z from "zod";

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A duration as somebody typed it, in seconds. */
export const DurationTyped = z.string().transform((text, context) => {
  const [, count, unit = ""] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  const each = seconds[unit];
  if (count === undefined || each === undefined || Number(count) === 0) {
    context.addIssue("expected a duration, such as 30m, 12h or 7d");
    return z.NEVER;
  }
  return Number(count) * each;
});
