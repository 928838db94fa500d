/** Sizes, times and figures as people write them, in the language of the page; each as short as it can be and still tell. */
import { localeOf, textNow } from "./spoken.ts";

/** Keeps a formatter for each language: to make one takes longer than to use it a thousand times. */
function perLanguage<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const { spoken: language } = textNow();
    const known = made.get(language);
    if (known) return known;
    const fresh = make(localeOf(language, navigator.languages));
    made.set(language, fresh);
    return fresh;
  };
}

const number = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }));
const dateTime = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }));
const date = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }));
const longDate = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "full" }));
const time = perLanguage((locale) => new Intl.DateTimeFormat(locale, { timeStyle: "short" }));
const whole = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const short = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }));
const tenths = perLanguage(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
);
const compact = perLanguage(
  (locale) => new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }),
);
const percents = perLanguage((locale) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }));

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

/** `1,204`; from a hundred thousand on `1.2M`. */
export const count = (number: number): string => (number < 100_000 ? whole() : compact()).format(number);

/** Milliseconds as `0.42 ms`, `12 ms`, `1.3 s`; a dash where nothing was measured. */
export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "–";
  if (milliseconds > 0 && milliseconds < 0.01) return `<${short().format(0.01)} ms`;
  if (milliseconds < 10) return `${short().format(milliseconds)} ms`;
  if (milliseconds < 1_000) return `${whole().format(milliseconds)} ms`;
  return `${(milliseconds < 10_000 ? short() : whole()).format(milliseconds / 1_000)} s`;
}

/** How often per second: `0.5/s`, `12/s`; a dash where it is not known yet. */
export function rate(perSecond: number | undefined): string {
  if (perSecond === undefined) return "–";
  return `${(perSecond > 0 && perSecond < 10 ? tenths() : whole()).format(perSecond)}/s`;
}

/** `4 s`, `3 min`, `2 h`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}

/** The beginning and end of a key: enough to tell it from another at a glance. */
export const shortKey = (key: string): string => `${key.slice(0, 5)}…${key.slice(-4)}`;
