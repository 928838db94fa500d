/** A folder of a catalog, or all of it. */
import { basename, resolve } from "node:path";
import { FilePath } from "@natster/contracts/files";
import { InTheWayError, mirror, planMirror, type Step } from "@natster/files/download";
import { explain } from "../explain.ts";
import { inALine } from "../explained.ts";
import type { Far, Progress } from "../output/progress.ts";
import type { Shelf } from "../system/catalog.ts";
import { type Reference, written } from "../system/reference.ts";
import { type Got, nothing } from "./got.ts";
import { checkFolder, checkNotServed } from "./target.ts";

/** How something is fetched, and who is shown how far it is. */
export interface Fetching {
  readonly dryRun: boolean;
  readonly prune: boolean;
  /** Whether what was changed on this machine is replaced. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly show: (total: Far) => Progress;
}

/** Makes a folder hold what the catalog holds there. `since` tells it from an earlier one of its name. */
export async function getTree(
  shelf: Shelf,
  { catalog, path }: Reference,
  to: string | undefined,
  since: string,
  { dryRun, prune, force, signal, show }: Fetching,
): Promise<Got> {
  const began = performance.now();
  const folder = resolve(to ?? (path === "" ? catalog : basename(path)));
  checkFolder(folder);
  await checkNotServed(folder, shelf.reader.address, path);
  const name = written(shelf.name, path);
  const got = nothing(name, folder, dryRun);
  const options = { since, name, prune, force, signal, ...(path !== "" && { folder: FilePath.parse(path) }) };
  if (dryRun) {
    const plan = planMirror(shelf.reader, folder, options);
    for (let next = await plan.next(); ; next = await plan.next()) {
      if (next.done) return { ...got, unchanged: got.unchanged + next.value.same, gone: next.value.gone };
      note(got, next.value);
    }
  }
  const { same, gone, resumed } = await mirror(shelf.reader, folder, {
    ...options,
    onProgress: ({ ofFiles, ofBytes, ...far }) => show({ files: ofFiles, bytes: ofBytes }).update(far),
    onStep(step, error) {
      note(got, step, error);
      const bytes = step.do === "download" ? step.entry.size : 0;
      const did = doing(step);
      // What stays and what fails is said at the end, with why.
      if (!error && did) show({ files: 1, bytes }).file(`${did} ${step.path}`);
    },
  });
  return {
    ...got,
    unchanged: got.unchanged + same,
    gone,
    resumed,
    seconds: Math.round(performance.now() - began) / 1_000,
  };
}

/** What was done to a file, where anything was. */
function doing(step: Step): string | undefined {
  if (step.do === "download") return "got";
  if (step.do === "delete") return "deleted";
  return step.do === "copy" && step.from !== step.path ? "copied" : undefined;
}

function note(got: Got, step: Step, error?: Error): void {
  const { path } = step;
  if (error || step.do === "refuse") {
    got.failed.push({
      path,
      reason: error ? inALine(explain(error)) : step.do === "refuse" ? step.why : "",
      ...(error instanceof InTheWayError && { inTheWay: error.place }),
    });
    return;
  }
  if (step.do === "delete") got.deleted.push(path);
  else if (step.do === "keep") got.kept.push({ path, changed: step.changed });
  else if (step.do === "copy" && step.from === path) {
    // It was there all the time, and is known by its digest again.
    got.unchanged++;
    return;
  } else if (step.do === "copy") got.copied.push(path);
  else {
    got.fetched.push({ path, size: step.entry.size });
    got.bytes += step.entry.size;
  }
  if ("replaces" in step) got.replaced.push(path);
}
