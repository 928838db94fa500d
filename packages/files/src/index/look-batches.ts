/** Has files looked at, a batch at a time: as many on their way as keep all threads at work, and no more. */
import { join } from "node:path";
import type { Looked } from "./look.ts";
import type { LookPool } from "./look-pool.ts";

/** How many files are looked at in one go. */
export const batchSize = 256;

export interface LookBatchesOptions {
  /** The root's real path. */
  readonly root: string;
  readonly pool: LookPool;
  /** A file that was changed within so many milliseconds is left for later. */
  readonly quiet: number;
  /** Told of each file, by the path that readers see and the real one. What it throws ends all. */
  readonly onLooked: (path: string, at: string, looked: Looked) => void;
}

/** Files that are to be looked at, in the order in which they were added. */
export class LookBatches {
  readonly #options: LookBatchesOptions;
  readonly #underWay = new Set<Promise<void>>();
  #batch: { paths: string[]; ats: string[]; known: (string | undefined)[] } = { paths: [], ats: [], known: [] };
  #failure: { readonly error: unknown } | undefined;
  #added = 0;
  #done = 0;

  constructor(options: LookBatchesOptions) {
    this.#options = options;
  }

  /** How many were added. */
  get added(): number {
    return this.#added;
  }

  /** How many of them were looked at. */
  get done(): number {
    return this.#done;
  }

  /** Adds a file; `known` is what it looked like when it was last hashed, if it was. */
  add(path: string, at: string, known: string | undefined): void {
    this.#added++;
    this.#batch.paths.push(path);
    this.#batch.ats.push(at);
    this.#batch.known.push(known);
  }

  /** Hands on what fills a batch. No more than two for each thread: one at work, one ready. Throws what went wrong. */
  async sendFull(): Promise<void> {
    if (this.#batch.paths.length < batchSize) return;
    this.#send();
    while (this.#underWay.size >= this.#options.pool.size * 2) await Promise.race(this.#underWay);
    this.#check();
  }

  /** Resolves when all were looked at. Throws what went wrong. */
  async finish(): Promise<void> {
    this.#send();
    await Promise.all(this.#underWay);
    this.#check();
  }

  #send(): void {
    const { paths, ats, known } = this.#batch;
    if (paths.length === 0) return;
    this.#batch = { paths: [], ats: [], known: [] };
    const { pool, root, quiet, onLooked } = this.#options;
    const looking: Promise<void> = pool
      .look({ paths: ats.map((at) => join(root, at)), known, quiet })
      .then((looked) => {
        for (const [index, each] of looked.entries()) onLooked(paths[index] ?? "", ats[index] ?? "", each);
        this.#done += looked.length;
      })
      .catch((error: unknown) => void (this.#failure ??= { error }))
      .finally(() => this.#underWay.delete(looking));
    this.#underWay.add(looking);
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
