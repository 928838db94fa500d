/** Sizes and times as people write them, in the language of the page. */
import { textNow } from "./text.ts";

/** Keeps a formatter for each language: to make one takes longer than to use it a thousand times. */
function perLanguage<T>(make: (language: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const { spoken: language } = textNow();
    const known = made.get(language);
    if (known) return known;
    const fresh = make(language);
    made.set(language, fresh);
    return fresh;
  };
}

const number = perLanguage((language) => new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }));
const dateTime = perLanguage(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
);
const date = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: "medium" }));
const longDate = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: "full" }));
const time = perLanguage((language) => new Intl.DateTimeFormat(language, { timeStyle: "short" }));
const percents = perLanguage(
  (language) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }),
);

/** `831 B`, `4.2 kB`, `1.07 GB`: powers of a thousand, as disks are sold and SI says. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  // What would be rounded to a thousand is one of the next.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${number().format(unit === 0 ? value : Number(value.toPrecision(3)))}\u00A0${units[unit]}`;
}

/** A moment: `22 Nov 2026, 23:10`. */
export const moment = (at: number | string): string => dateTime().format(new Date(at));
export const day = (at: number | string): string => date().format(new Date(at));
export const longDay = (at: number | string): string => longDate().format(new Date(at));
export const clock = (at: number | string): string => time().format(new Date(at));
export const percent = (part: number): string => percents().format(part);

/** The beginning and end of a key: enough to tell it from another at a glance. */
export const shortKey = (key: string): string => `${key.slice(0, 5)}…${key.slice(-4)}`;
