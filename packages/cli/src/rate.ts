/** How many bytes of content may go by in a second, as somebody types it. */
import * as z from "zod";

const units: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };
const atLeast = 1_000;

/** Bytes a second, from `500k`, `2M` or `1.5MB/s`: powers of ten, as sizes are shown. */
export const RateTyped = z.string().transform((text, context) => {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([kMG])B?(?:\/s)?$/.exec(text) ?? [];
  const rate = Number(number) * (units[unit ?? ""] ?? Number.NaN);
  if (rate >= atLeast) return rate;
  context.addIssue("expected bytes a second, such as 500k or 2M");
  return z.NEVER;
});

/** A rate as it is typed. */
export const written = (rate: number): string => `${rate / 1e3}k`;

/** The option of a command that sends or fetches content. */
export const limitRate = (does: "send" | "fetch"): [flags: string, about: string] => [
  "--limit-rate <rate>",
  `${does} so much a second at the most, such as 500k or 2M`,
];
