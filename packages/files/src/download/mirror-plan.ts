/** What a mirror has to do: the catalog's files, held against what is on the disk. Nothing is changed but the plan. */
import { dirname } from "node:path";
import { type FileEntry, FilePath } from "@natster/contracts/files";
import type { CatalogReader } from "../catalog-reader.ts";
import { digestOf } from "./digest-of.ts";
import { isOwnPlace } from "./mirror-record.ts";
import type { MirrorState } from "./mirror-state.ts";
import { placeOf, UnsafePathError } from "./place.ts";
import type { Step } from "./step.ts";

/** The catalog that is mirrored. */
export type MirrorSource = Pick<CatalogReader, "address" | "entries" | "readSmall" | "pull">;

/** What of a catalog is mirrored. */
export interface PlanOptions {
  /** When the catalog was made, in any words: it tells it from an earlier one of its name. */
  readonly since?: string | undefined;
  /** As people write it. */
  readonly name?: string | undefined;
  /** Only what is in this folder of the catalog or below it; its content goes into the target. */
  readonly folder?: FilePath | undefined;
  /** Only this file. */
  readonly file?: FilePath | undefined;
  /**
   * Whether what this put into the target is deleted when the catalog no longer has it. What it did not put there stays,
   * and what was changed there since, too.
   */
  readonly prune?: boolean | undefined;
  /** Whether what was changed in the target, or was there before, is replaced; it stays otherwise. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a plan comes to. */
export interface PlanSummary {
  /** Files that are as they should be. */
  readonly same: number;
  readonly downloads: number;
  readonly bytes: number;
  readonly copies: number;
  readonly deletions: number;
  readonly refused: number;
  /** Files that stay as they were changed here. */
  readonly kept: number;
  /** Files that were put here before, and that the catalog has no more; none where they are deleted. */
  readonly gone: number;
}

/** The catalog lists nothing, and all that was mirrored was to be deleted: rather a disk that is missing there. */
export class EmptyCatalogError extends Error {
  override readonly name = "EmptyCatalogError";
}

/** Plans into the state. Throws `EmptyCatalogError`, and what listing throws. */
export async function plan(
  catalog: MirrorSource,
  root: string,
  state: MirrorState,
  { folder, file, prune = false, force = false, signal }: PlanOptions,
): Promise<PlanSummary> {
  const summary = { same: 0, downloads: 0, bytes: 0, copies: 0, deletions: 0, refused: 0, kept: 0, gone: 0 };
  const within = file === undefined ? folder : parentOf(file);
  const base = within === undefined ? 0 : within.length + 1;
  state.begin();
  let listed = 0;
  const query = { ...(within !== undefined && { folder: within }), ...(file !== undefined && { shallow: true }) };
  for await (const entry of catalog.entries({ ...query, ...(signal && { signal }) })) {
    if (file !== undefined && entry.path !== file) continue;
    listed++;
    const path = entry.path.slice(base);
    state.see(path);
    const step = await stepFor(root, path, entry, state, force);
    if (step === undefined) summary.same++;
    else {
      state.add(step);
      if (step.do === "download") {
        summary.downloads++;
        summary.bytes += entry.size;
      } else if (step.do === "copy") summary.copies++;
      else if (step.do === "keep") summary.kept++;
      else summary.refused++;
    }
  }
  for (const path of state.unseen()) {
    if (state.looksLike(path) === undefined) continue;
    if (!prune) summary.gone++;
    else if (!force && state.isChanged(path)) {
      state.add({ do: "keep", path, changed: "gone" });
      summary.kept++;
    } else {
      if (listed === 0) {
        throw new EmptyCatalogError(`the catalog lists nothing, so that everything in ${root} would be deleted`);
      }
      state.add({ do: "delete", path });
      summary.deletions++;
    }
  }
  state.commit();
  return summary;
}

/** What is to be done for one file of the catalog; undefined where it is there. */
async function stepFor(
  root: string,
  path: string,
  entry: FileEntry,
  state: MirrorState,
  force: boolean,
): Promise<Step | undefined> {
  let place: string;
  try {
    place = placeOf(root, path);
    if (isOwnPlace(path)) throw new UnsafePathError(`${JSON.stringify(path)} is where the mirror itself is kept`);
  } catch (error) {
    if (!(error instanceof UnsafePathError)) throw error;
    return { do: "refuse", path, why: error.message };
  }
  const known = state.get(path);
  const now = state.looksLike(path);
  if (now !== undefined && now === known?.fingerprint) {
    if (known.digest === entry.digest) return undefined;
  } else if (now?.startsWith(`${entry.size}:`) && (await digestOf(place)) === entry.digest) {
    // It was there before, or an earlier run was killed before it could write that down.
    return { do: "copy", path, entry, from: path };
  }
  if (!force && state.isChanged(path)) {
    return { do: "keep", path, changed: known?.digest === entry.digest ? "here" : "both" };
  }
  const from = state.whereIs(entry.digest);
  const replaces = now !== undefined && { replaces: true as const };
  return from === undefined
    ? { do: "download", path, entry, ...replaces }
    : { do: "copy", path, entry, from, ...replaces };
}

const parentOf = (path: string): FilePath | undefined => {
  const parent = dirname(path);
  return parent === "." ? undefined : FilePath.parse(parent);
};
