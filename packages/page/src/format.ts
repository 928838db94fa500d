/** Figures as text, each as short as it can be and still tell. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** `1,204`; from a hundred thousand on `1.2M`. */
export const count = (number: number): string => (number < 100_000 ? whole : compact).format(number);

/** `one service`, `3 services`. */
export const counted = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** Milliseconds as `0.42 ms`, `12 ms`, `1.3 s`; a dash where nothing was measured. */
export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "–";
  if (milliseconds > 0 && milliseconds < 0.01) return "<0.01 ms";
  if (milliseconds < 10) return `${short.format(milliseconds)} ms`;
  if (milliseconds < 1_000) return `${whole.format(milliseconds)} ms`;
  return milliseconds < 10_000 ? `${short.format(milliseconds / 1_000)} s` : `${whole.format(milliseconds / 1_000)} s`;
}

/** How often per second: `0.5/s`, `12/s`; a dash where it is not known yet. */
export function rate(perSecond: number | undefined): string {
  if (perSecond === undefined) return "–";
  return `${(perSecond > 0 && perSecond < 10 ? tenths : whole).format(perSecond)}/s`;
}

/** `4 s`, `3 min`, `2 h`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}
