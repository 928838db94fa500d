/** Sizes, times, places and keys in words. */
import { homedir } from "node:os";
import { isAbsolute, relative } from "node:path";

/** A size in words. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1_000 ** power).toFixed(power > 1 ? 1 : 0)} ${units[power] ?? ""}`;
}

/** A duration in words, from seconds. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1_000))} ms`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 48 * 3_600) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
  return `${Math.round(whole / 86_400)} days`;
}

/** A path as it can be typed here: from this folder where it is below it, and from home. */
export function shortPath(path: string, here = process.cwd(), home = homedir()): string {
  for (const [folder, sign] of [
    [here, "."],
    [home, "~"],
  ] as const) {
    const below = relative(folder, path);
    if (below === "") return sign;
    if (!/^\.\.(\/|$)/.test(below) && !isAbsolute(below)) return `${sign}/${below}`;
  }
  return path;
}

/** A moment, as short as it can be understood: today's by the clock, to the second where it is near, others by the day. */
export function moment(at: Date | string | number, now = new Date()): string {
  const date = new Date(at);
  const ahead = date.getTime() - now.getTime();
  const isNear = ahead > 0 && ahead < 300_000;
  const [day, time] = [localDay(date), date.toTimeString().slice(0, isNear ? 8 : 5)];
  return day === localDay(now) ? time : `${day} ${time}`;
}

const localDay = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");

/** So many of something. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** The beginning and the end of a key, by which people tell one from another. */
export const fingerprint = (account: string): string => `${account.slice(0, 6)}…${account.slice(-6)}`;
