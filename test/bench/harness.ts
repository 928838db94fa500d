/**
 * What benches share. A machine is never quiet, so two things are compared by running them in turns, first the one and
 * then the other, and by the median of what the rounds say.
 */
import { availableParallelism, cpus, loadavg } from "node:os";

/** One line of a bench's result. `ratio` is value by baseline; without a goal, a row is met. */
export interface Row {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
  readonly goal: string | null;
  readonly met: boolean;
}

/** What a ratio has to be. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** A bench: what it is called, and what it found. */
export type Bench = (options: { readonly rounds: number }) => Promise<Row[]>;

/** Two ways of doing the same; each is called once in a round and resolves with one figure. */
export interface Sides {
  readonly ours: () => Promise<number>;
  readonly baseline: () => Promise<number>;
}

/** Runs both sides in turns, after one round that does not count. The ratio is the median of the rounds' own ratios. */
export async function compare(metric: string, unit: string, sides: Sides, rounds: number, goal?: Goal): Promise<Row> {
  const values: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    // Who goes first changes, so that what a round leaves behind helps and harms both alike.
    const [first, second] = round % 2 === 0 ? [sides.ours, sides.baseline] : [sides.baseline, sides.ours];
    const [one, other] = [await first(), await second()];
    const [value, baseline] = round % 2 === 0 ? [one, other] : [other, one];
    if (round === 0) continue;
    values.push(value);
    baselines.push(baseline);
  }
  const ratio = median(values.map((value, round) => value / (baselines[round] ?? Number.NaN)));
  const met = !goal || ("atLeast" in goal ? ratio >= goal.atLeast : ratio <= goal.atMost);
  return {
    metric,
    value: median(values),
    unit,
    baseline: median(baselines),
    ratio,
    goal: goal ? inWords(goal) : null,
    met,
  };
}

/** Requests per second, with so many on their way at any time. */
export async function rate(ask: () => Promise<unknown>, count: number, inFlight: number): Promise<number> {
  let left = count;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await ask();
    }),
  );
  return count / ((performance.now() - started) / 1000);
}

/** Median time of one request after another, in milliseconds. */
export async function p50(ask: () => Promise<unknown>, count: number): Promise<number> {
  const times: number[] = [];
  for (let done = 0; done < count; done++) {
    const started = performance.now();
    await ask();
    times.push(performance.now() - started);
  }
  return median(times);
}

/** What so large a part of the values does not exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

/** A row that says how much something is. */
export const fact = (metric: string, unit: string, value: number): Row => ({
  metric,
  value,
  unit,
  baseline: null,
  ratio: null,
  goal: null,
  met: true,
});

/** A row of what must not be more than so much. */
export const limit = (metric: string, unit: string, value: number, most: number): Row => ({
  ...fact(metric, unit, value),
  goal: `≤ ${most.toLocaleString("en")} ${unit}`.trim(),
  met: value <= most,
});

/** A row of what must not be less than so much. */
export const least = (metric: string, unit: string, value: number, atLeast: number): Row => ({
  ...fact(metric, unit, value),
  goal: `≥ ${atLeast.toLocaleString("en")} ${unit}`.trim(),
  met: value >= atLeast,
});

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Prints the table and how busy the machine was; with `json`, one object on one line at the end. */
export function report(name: string, rows: readonly Row[], { json }: { readonly json: boolean }): void {
  const cells = rows.map(({ metric, value, unit, baseline, ratio, goal, met }) => [
    metric,
    `${figure(value)} ${unit}`,
    baseline === null ? "" : `${figure(baseline)} ${unit}`,
    ratio === null ? "" : ratio.toFixed(2),
    goal ?? "",
    goal === null ? "" : met ? "met" : "MISSED",
  ]);
  const lines = [[name, "ours", "baseline", "ratio", "goal", ""], ...cells];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
  }
  const [one = 0, five = 0] = loadavg();
  const { model = "unknown" } = cpus()[0] ?? {};
  console.log(`load ${one.toFixed(2)} (1 min), ${five.toFixed(2)} (5 min) on ${availableParallelism()} × ${model}`);
  if (json) console.log(JSON.stringify({ name, rows }));
}

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

const inWords = (goal: Goal): string => ("atLeast" in goal ? `ratio ≥ ${goal.atLeast}` : `ratio ≤ ${goal.atMost}`);
