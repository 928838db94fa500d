/** Makes a folder hold what a catalog holds, and keeps it so: what is to be done is planned first, and then done. */
import { resolve } from "node:path";
import { DiskFullError, isDiskFull } from "./disk-full.ts";
import { type MirrorSource, plan, type PlanOptions, type PlanSummary } from "./mirror-plan.ts";
import { type Mirrored, MirrorRun, type RunOptions } from "./mirror-run.ts";
import type { Origin } from "./mirror-record.ts";
import { MirrorState } from "./mirror-state.ts";
import type { Step } from "./step.ts";

/** What of a catalog is mirrored, and how. */
export interface MirrorOptions extends PlanOptions, RunOptions {}

/** What would be done, as data; nothing on the disk changes. Throws what listing throws, and `OtherMirrorError`. */
export async function* planMirror(
  catalog: MirrorSource,
  target: string,
  options: MirrorOptions = {},
): AsyncGenerator<Step, PlanSummary, undefined> {
  const root = resolve(target);
  using state = new MirrorState(root, originOf(catalog, options), { write: false });
  const summary = await plan(catalog, root, state, options);
  yield* state.steps();
  return summary;
}

/**
 * Fetches what is missing or different, by digest: what moved is not downloaded again. Run again after any interruption
 * it goes on from what is there. What goes wrong with one file is in the result; what goes wrong for all, such as access
 * that ends or a full disk (`DiskFullError`), is thrown. Throws `MirrorBusyError` where another process is at it,
 * and `OtherMirrorError` where the folder mirrors something else.
 */
export async function mirror(catalog: MirrorSource, target: string, options: MirrorOptions = {}): Promise<Mirrored> {
  const root = resolve(target);
  try {
    using state = new MirrorState(root, originOf(catalog, options), { write: true });
    const summary = await plan(catalog, root, state, options);
    return await new MirrorRun(catalog, root, state, summary, options).all();
  } catch (error) {
    throw isDiskFull(error) ? new DiskFullError(`no room is left for ${root}`, { cause: error }) : error;
  }
}

function originOf({ address }: MirrorSource, { folder, file, since = "", name }: PlanOptions): Origin {
  const { owner, catalog } = address;
  const path = file ?? folder ?? "";
  return { owner, catalog, path, since, name: name ?? [owner, catalog, path].filter(Boolean).join("/") };
}
