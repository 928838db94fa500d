/** Carries a plan out: small files beside each other, then large ones, then deletions. */
import { constants, copyFile, rename, rm, rmdir, unlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Digest } from "@natster/contracts";
import type { FileEntry } from "@natster/contracts/files";
import { forEachOf } from "../parallel.ts";
import { digestOf } from "./digest-of.ts";
import { isDiskFull } from "./disk-full.ts";
import { endsAll } from "./ends-all.ts";
import { fetchFile, smallFile } from "./fetch-file.ts";
import type { MirrorSource, PlanSummary } from "./mirror-plan.ts";
import type { MirrorState } from "./mirror-state.ts";
import { modifiedOf } from "./modified-of.ts";
import { makeFoldersFor, UnsafePathError } from "./place.ts";
import { type MirrorProgress, RunProgress } from "./run-progress.ts";
import { isThere, type Step } from "./step.ts";

/** Who stops it, and who is told. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
  /** Whether what was changed here is replaced. */
  readonly force?: boolean | undefined;
  /** Told of each step when it is done, with the reason where it was not. */
  readonly onStep?: ((step: Step, error?: Error) => void) | undefined;
}

/** What became of a mirror. */
export interface Mirrored extends PlanSummary {
  /** Bytes that an earlier run had left, and that did not come again. */
  readonly resumed: number;
  /** The steps that failed, at most a thousand of them. */
  readonly failures: readonly { readonly step: Step; readonly error: Error }[];
  readonly failed: number;
}

/** How many small files are on their way at once, and how many large ones; those share the catalog's window. */
const smallAtOnce = 256;
const largeAtOnce = 4;
const mostFailures = 1_000;

/** One run of a plan. */
export class MirrorRun {
  readonly #catalog: MirrorSource;
  readonly #root: string;
  readonly #state: MirrorState;
  readonly #options: RunOptions;
  readonly #summary: PlanSummary;
  readonly #failures: { readonly step: Step; readonly error: Error }[] = [];
  readonly #ended = new AbortController();
  readonly #stop: AbortSignal;
  /** Content on its way, so that nothing is fetched twice; resolves when it is there, or is not. */
  readonly #underWay = new Map<Digest, Promise<void>>();
  readonly #folders = new Set<string>();
  readonly #unfinished = new Set<string>();
  readonly #progress: RunProgress;
  #failed = 0;

  constructor(catalog: MirrorSource, root: string, state: MirrorState, summary: PlanSummary, options: RunOptions) {
    this.#catalog = catalog;
    this.#root = root;
    this.#state = state;
    this.#summary = summary;
    this.#options = options;
    const { signal, onProgress } = options;
    this.#progress = new RunProgress(summary, onProgress);
    this.#stop = signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal;
  }

  async all(): Promise<Mirrored> {
    const isLarge = (step: Step) => "entry" in step && step.entry.size > smallFile;
    // Small files beside each other, then large ones: a few of those fill the window by themselves.
    await this.#each((step) => step.do !== "delete" && !isLarge(step), smallAtOnce);
    await this.#each(isLarge, largeAtOnce);
    await this.#each((step) => step.do === "delete", 1);
    this.#state.dropParts(this.#unfinished);
    return { ...this.#summary, resumed: this.#progress.resumed, failures: this.#failures, failed: this.#failed };
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
        if (step.do !== "delete" && step.do !== "keep") this.#progress.whole();
        this.#options.onStep?.(step);
      } catch (error) {
        if (this.#stop.aborted || endsAll(error) || isDiskFull(error)) {
          this.#ended.abort(error);
          throw this.#stop.reason;
        }
        this.#fail(step, error instanceof Error ? error : new Error(String(error)));
      }
      this.#progress.report();
    });
  }

  async #carryOut(step: Step): Promise<void> {
    if (step.do === "refuse") throw new UnsafePathError(step.why);
    if (step.do === "keep") return;
    if (step.do === "delete") return await this.#delete(step.path);
    const { path, entry } = step;
    if (isThere(step)) return this.#state.recognise(path, entry.digest);
    await this.#makeFolders(path);
    for (;;) {
      const before = this.#underWay.get(entry.digest);
      if (!before) break;
      await before;
    }
    const fetching = Promise.withResolvers<void>();
    this.#underWay.set(entry.digest, fetching.promise);
    try {
      const from = this.#state.whereIs(entry.digest);
      if (from === undefined || !(await this.#copy(from, path, entry))) await this.#fetch(path, entry);
      this.#state.put(path, entry.digest);
    } finally {
      this.#underWay.delete(entry.digest);
      fetching.resolve();
    }
  }

  async #fetch(path: string, entry: FileEntry): Promise<void> {
    this.#unfinished.add(entry.digest);
    const part = join(this.#state.parts, entry.digest);
    const target = join(this.#root, path);
    const beforeNaming = () => this.#checkUnchanged(path);
    await fetchFile(this.#catalog, entry, part, target, {
      ...this.#progress.ofFile(),
      signal: this.#stop,
      beforeNaming,
    });
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
    await utimes(part, modifiedOf(entry), modifiedOf(entry));
    this.#checkUnchanged(to);
    await rename(part, join(this.#root, to));
    return true;
  }

  async #delete(path: string): Promise<void> {
    this.#checkUnchanged(path);
    if (this.#state.looksLike(path) !== undefined) await unlink(join(this.#root, path));
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

  /** Content may be on its way for hours: what somebody wrote here meanwhile stays, too. */
  #checkUnchanged(path: string): void {
    if (!this.#options.force && this.#state.isChanged(path)) {
      throw new Error(`${path} was changed here since it was mirrored, and stays`);
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
}
