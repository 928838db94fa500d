/** A side that is filled in parts: each takes in its share of the log, on a durable of its own, into one bucket. */
import { type BucketContract, type Part, type RowOf } from "@natster/contracts";
import type { Projection } from "./projection.ts";
import { type Lag, type RunningSide, runSide, type SideOptions } from "./side.ts";

/** How far each part is. */
export type PartLag = Pick<Lag, "sequence" | "behind" | "milliseconds">;

/** A side that runs in parts. */
export interface RunningParts<R> extends Omit<RunningSide<R>, "measure"> {
  readonly count: number;
  measure(): Promise<Lag & { readonly parts?: readonly PartLag[] }>;
}

/** Runs every part of a side, each of which may be another process's to write, until it is disposed of. */
export async function runParts<B extends BucketContract>(
  projection: Projection<B>,
  parts: readonly Part[],
  options: Omit<SideOptions, "part">,
): Promise<RunningParts<RowOf<B>>> {
  await using undo = new AsyncDisposableStack();
  const sides: RunningSide<RowOf<B>>[] = [];
  for (const part of parts) sides.push(undo.use(await runSide(projection, { ...options, part })));
  const [first] = sides;
  if (!first) throw new Error("a side has at least one part");
  const ending = undo.move();
  return {
    count: sides.length,
    rows: first.rows,
    parked: first.parked,
    get lag() {
      return together(sides.map(({ lag }) => lag));
    },
    async caughtUp(after) {
      await Promise.all(sides.map((side) => side.caughtUp(after)));
    },
    isComplete: async () => (await Promise.all(sides.map((side) => side.isComplete()))).every(Boolean),
    isAtEnd: async () => (await Promise.all(sides.map((side) => side.isAtEnd()))).every(Boolean),
    async writer() {
      const writers = await Promise.all(sides.map((side) => side.writer()));
      return writers.includes(undefined) ? undefined : writers.join(" ");
    },
    async measure() {
      const lags = await Promise.all(sides.map((side) => side.measure()));
      // What stands aside is counted in the bucket, which they share.
      const lag = { ...together(lags), parked: Math.max(...lags.map(({ parked }) => parked)) };
      return lags.length === 1 ? lag : { ...lag, parts: lags.map(partLag) };
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

/** How far all of them are: as far as the last of them. Each hears of every event, and passes over those of the others. */
const together = (lags: readonly Lag[]): Lag => ({
  sequence: Math.min(...lags.map(({ sequence }) => sequence)),
  behind: Math.max(...lags.map(({ behind }) => behind)),
  milliseconds: Math.max(...lags.map(({ milliseconds }) => milliseconds)),
  parked: lags.reduce((sum, { parked }) => sum + parked, 0),
  writes: lags.some(({ writes }) => writes),
});

const partLag = ({ sequence, behind, milliseconds }: Lag): PartLag => ({ sequence, behind, milliseconds });
