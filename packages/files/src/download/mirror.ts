/** Makes a folder hold what a catalog holds, and keeps it so. */
import { createReadStream } from "node:fs";
import { constants, copyFile, rename, rm, rmdir, unlink, utimes } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import type { Digest } from "@natster/contracts";
import { type FileEntry, FilePath } from "@natster/contracts/files";
import type { CatalogReader } from "../catalog-reader.ts";
import { codeOf } from "../index/omission.ts";
import { forEachOf } from "../parallel.ts";
import { endsAll } from "./ends-all.ts";
import { fetchFile, smallFile } from "./fetch-file.ts";
import { MirrorState, stateFolder, type Step } from "./mirror-state.ts";
import { makeFoldersFor, placeOf, UnsafePathError } from "./place.ts";

/** The catalog that is mirrored. */
export type MirrorSource = Pick<CatalogReader, "entries" | "read" | "pull">;

/** What of a catalog is mirrored, and how. */
export interface MirrorOptions {
  /** Only what is in this folder of the catalog or below it; its content goes into the target. */
  readonly folder?: FilePath | undefined;
  /** Only this file. */
  readonly file?: FilePath | undefined;
  /**
   * Whether what this put into the target is deleted when the catalog no longer has it. What it did not put there stays,
   * and what was changed there since, too.
   */
  readonly prune?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
  /** Told of each step when it is done, with the reason where it was not. */
  readonly onStep?: ((step: Step, error?: Error) => void) | undefined;
}

/** How far a mirror is. */
export interface MirrorProgress {
  /** Files that are finished, of those that are to be fetched. */
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
  readonly ofBytes: number;
  /** Bytes each second, of late. */
  readonly rate: number;
  /** Seconds that are left at this rate; undefined before there is one. */
  readonly left: number | undefined;
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
}

/** What became of a mirror. */
export interface Mirrored extends PlanSummary {
  /** The steps that failed, at most a thousand of them. */
  readonly failures: readonly { readonly step: Step; readonly error: Error }[];
  readonly failed: number;
}

/** The reader's disk has no room left. What has arrived stays, and the next run goes on from it. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
}

/** The catalog lists nothing, and all that was mirrored was to be deleted: rather a disk that is missing there. */
export class EmptyCatalogError extends Error {
  override readonly name = "EmptyCatalogError";
}

/** How many small files are on their way at once, and how many large ones; those share the catalog's window. */
const smallAtOnce = 48;
const largeAtOnce = 4;
const mostFailures = 1_000;

/** What would be done, as data; nothing on the disk changes. Throws what listing throws. */
export async function* planMirror(
  catalog: MirrorSource,
  target: string,
  options: MirrorOptions = {},
): AsyncGenerator<Step, PlanSummary, undefined> {
  const root = resolve(target);
  using state = new MirrorState(root, { write: false });
  const summary = await plan(catalog, root, state, options);
  yield* state.steps();
  return summary;
}

/**
 * Fetches what is missing or different, by digest: what moved is not downloaded again. Run again after any interruption
 * it goes on from what is there. What goes wrong with one file is in the result; what goes wrong for all, such as access
 * that ends or a full disk (`DiskFullError`), is thrown. Throws `MirrorBusyError` where another process is at it.
 */
export async function mirror(catalog: MirrorSource, target: string, options: MirrorOptions = {}): Promise<Mirrored> {
  const root = resolve(target);
  try {
    using state = new MirrorState(root, { write: true });
    const summary = await plan(catalog, root, state, options);
    return await new Run(catalog, root, state, summary, options).all();
  } catch (error) {
    throw isDiskFull(error) ? new DiskFullError(`no room is left for ${root}`, { cause: error }) : error;
  }
}

async function plan(
  catalog: MirrorSource,
  root: string,
  state: MirrorState,
  { folder, file, prune = false, signal }: MirrorOptions,
): Promise<PlanSummary> {
  const summary = { same: 0, downloads: 0, bytes: 0, copies: 0, deletions: 0, refused: 0 };
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
    const step = await stepFor(root, path, entry, state);
    if (step === undefined) summary.same++;
    else {
      state.add(step);
      if (step.do === "download") {
        summary.downloads++;
        summary.bytes += entry.size;
      } else if (step.do === "copy") summary.copies++;
      else summary.refused++;
    }
  }
  if (prune) {
    for (const path of state.unseen()) {
      if (listed === 0) {
        throw new EmptyCatalogError(`the catalog lists nothing, so that everything in ${root} would be deleted`);
      }
      state.add({ do: "delete", path });
      summary.deletions++;
    }
  }
  return summary;
}

/** What is to be done for one file of the catalog; undefined where it is there. */
async function stepFor(root: string, path: string, entry: FileEntry, state: MirrorState): Promise<Step | undefined> {
  let place: string;
  try {
    place = placeOf(root, path);
    if (path === stateFolder || path.startsWith(`${stateFolder}/`)) {
      throw new UnsafePathError(`${JSON.stringify(path)} is where the mirror itself is kept`);
    }
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
  const from = state.find(entry.digest);
  return from === undefined ? { do: "download", path, entry } : { do: "copy", path, entry, from };
}

/** One run of a plan. */
class Run {
  readonly #catalog: MirrorSource;
  readonly #root: string;
  readonly #state: MirrorState;
  readonly #options: MirrorOptions;
  readonly #summary: PlanSummary;
  readonly #failures: { readonly step: Step; readonly error: Error }[] = [];
  readonly #ended = new AbortController();
  readonly #stop: AbortSignal;
  /** Content on its way, so that nothing is fetched twice; resolves when it is there, or is not. */
  readonly #underWay = new Map<Digest, Promise<void>>();
  readonly #folders = new Set<string>();
  readonly #unfinished = new Set<string>();
  readonly #rate = new Rate();
  #failed = 0;
  #files = 0;
  #bytes = 0;

  constructor(catalog: MirrorSource, root: string, state: MirrorState, summary: PlanSummary, options: MirrorOptions) {
    this.#catalog = catalog;
    this.#root = root;
    this.#state = state;
    this.#summary = summary;
    this.#options = options;
    const { signal } = options;
    this.#stop = signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal;
  }

  async all(): Promise<Mirrored> {
    const isLarge = (step: Step) => "entry" in step && step.entry.size > smallFile;
    // Small files beside each other, then large ones: a few of those fill the window by themselves.
    await this.#each((step) => step.do !== "delete" && !isLarge(step), smallAtOnce);
    await this.#each(isLarge, largeAtOnce);
    await this.#each((step) => step.do === "delete", 1);
    this.#state.dropParts(this.#unfinished);
    return { ...this.#summary, failures: this.#failures, failed: this.#failed };
  }

  #each(wanted: (step: Step) => boolean, atOnce: number): Promise<void> {
    const steps = this.#state.steps();
    const some = (function* () {
      for (const step of steps) if (wanted(step)) yield step;
    })();
    return forEachOf(some, atOnce, async (step) => {
      this.#stop.throwIfAborted();
      try {
        await this.#carryOut(step);
        this.#options.onStep?.(step);
      } catch (error) {
        if (this.#stop.aborted || endsAll(error) || isDiskFull(error)) {
          this.#ended.abort(error);
          throw this.#stop.reason;
        }
        this.#fail(step, error instanceof Error ? error : new Error(String(error)));
      }
      if (step.do !== "delete") this.#files++;
      this.#report();
    });
  }

  async #carryOut(step: Step): Promise<void> {
    if (step.do === "refuse") throw new UnsafePathError(step.why);
    if (step.do === "delete") return await this.#delete(step.path);
    const { path, entry } = step;
    if (step.do === "copy" && step.from === path) return this.#state.put(path, entry.digest);
    await this.#makeFolders(path);
    for (;;) {
      const before = this.#underWay.get(entry.digest);
      if (!before) break;
      await before;
    }
    const fetching = Promise.withResolvers<void>();
    this.#underWay.set(entry.digest, fetching.promise);
    try {
      const from = this.#state.find(entry.digest);
      if (from === undefined || !(await this.#copy(from, path, entry))) await this.#fetch(path, entry);
      this.#state.put(path, entry.digest);
    } finally {
      this.#underWay.delete(entry.digest);
      fetching.resolve();
    }
  }

  async #fetch(path: string, entry: FileEntry): Promise<void> {
    let before = 0;
    this.#unfinished.add(entry.digest);
    const onProgress = ({ bytes }: { bytes: number }) => {
      this.#bytes += bytes - before;
      before = bytes;
      this.#report();
    };
    const part = join(this.#state.parts, entry.digest);
    await fetchFile(this.#catalog, entry, part, join(this.#root, path), { signal: this.#stop, onProgress });
    this.#unfinished.delete(entry.digest);
  }

  /** Copies what is on the disk; false where it is not what it was. */
  async #copy(from: string, to: string, entry: FileEntry): Promise<boolean> {
    const part = join(this.#state.parts, `${entry.digest}.copy`);
    await copyFile(join(this.#root, from), part, constants.COPYFILE_FICLONE);
    if ((await digestOf(part)) !== entry.digest) {
      await rm(part, { force: true });
      this.#state.remove(from);
      return false;
    }
    await utimes(part, entry.modified / 1000, entry.modified / 1000);
    await rename(part, join(this.#root, to));
    return true;
  }

  async #delete(path: string): Promise<void> {
    const known = this.#state.get(path);
    const now = this.#state.looksLike(path);
    if (now !== undefined && now !== known?.fingerprint) {
      throw new Error(`${path} was changed here since it was mirrored, and stays`);
    }
    if (now !== undefined) await unlink(join(this.#root, path));
    this.#state.remove(path);
    // Folders that it leaves empty go with it.
    for (let at = dirname(path); at !== "."; at = dirname(at)) {
      const gone = await rmdir(join(this.#root, at)).then(
        () => true,
        () => false,
      );
      if (!gone) break;
      this.#folders.delete(at);
    }
  }

  async #makeFolders(path: string): Promise<void> {
    const folder = dirname(path);
    if (this.#folders.has(folder)) return;
    await makeFoldersFor(this.#root, path);
    this.#folders.add(folder);
  }

  #fail(step: Step, error: Error): void {
    this.#failed++;
    if (this.#failures.length < mostFailures) this.#failures.push({ step, error });
    this.#options.onStep?.(step, error);
  }

  #report(): void {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    const { downloads, copies, refused, bytes: ofBytes } = this.#summary;
    const rate = this.#rate.at(this.#bytes);
    const left = rate > 0 ? (ofBytes - this.#bytes) / rate : undefined;
    onProgress({ files: this.#files, ofFiles: downloads + copies + refused, bytes: this.#bytes, ofBytes, rate, left });
  }
}

/** Bytes each second over the last few seconds. */
class Rate {
  #marks: { readonly at: number; readonly bytes: number }[] = [{ at: performance.now(), bytes: 0 }];

  at(bytes: number): number {
    const now = performance.now();
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (last && now - last.at > 250) this.#marks.push({ at: now, bytes });
    if (this.#marks.length > 20) this.#marks.shift();
    return first && now > first.at ? ((bytes - first.bytes) * 1000) / (now - first.at) : 0;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(bytes);
  return hash.digest("hex");
}

const parentOf = (path: string): FilePath | undefined => {
  const parent = dirname(path);
  return parent === "." ? undefined : FilePath.parse(parent);
};

/** SQLite says it in its own way. */
const isDiskFull = (error: unknown): boolean =>
  ["ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "") ||
  (error instanceof Error && "errcode" in error && error.errcode === 13);
