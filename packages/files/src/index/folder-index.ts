/** The index of a folder: what it holds, kept true by looking again. */
import { lstat, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "@natster/contracts";
import type { FileEntry, FilePath } from "@natster/contracts/files";
import { Entries, type IndexedFile } from "./entries.ts";
import { HashPool } from "./hash-pool.ts";
import { codeOf } from "./omission.ts";
import { indexed, type ScanReport, scan } from "./scan.ts";

/** How a folder is indexed. */
export interface IndexOptions {
  /** Whether files and folders whose names begin with a dot are in it; they are not unless this says so. */
  readonly dotfiles?: boolean;
  /** On how many threads files are hashed; at most four, and no more than there are processors, unless given. */
  readonly hashers?: number;
  /** The clock in milliseconds, for revisions. */
  readonly now?: () => number;
  /** Ends the first scan, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What was given as a root is not a folder that can be read. */
export class RootError extends Error {
  override readonly name = "RootError";
}

/** Indexes a folder; resolves when all of it is hashed. Throws `RootError`. */
export async function indexFolder(root: string, options: IndexOptions = {}): Promise<FolderIndex> {
  const real = await realpath(root).catch((error: unknown) => {
    throw new RootError(`${root} is not a folder that can be read (${codeOf(error) ?? "unknown"})`, { cause: error });
  });
  if (!(await lstat(real)).isDirectory()) throw new RootError(`${root} is not a folder`);
  options.signal?.throwIfAborted();
  const index = new FolderIndex(real, options);
  const abort = () => void index.close();
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    await index.rescan();
    return index;
  } catch (error) {
    await index.close();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}

/** An index of one folder, in memory. Make one with `indexFolder`. */
export class FolderIndex implements AsyncDisposable {
  /** The root's real path. */
  readonly root: string;
  readonly #dotfiles: boolean;
  readonly #now: () => number;
  readonly #pool: HashPool;
  readonly #entries = new Entries();
  readonly #refreshing = new Map<FilePath, Promise<boolean>>();
  #revision = 0;
  #lastScan: ScanReport | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(root: string, { dotfiles = false, hashers, now = Date.now }: IndexOptions) {
    this.root = root;
    this.#dotfiles = dotfiles;
    this.#now = now;
    this.#pool = new HashPool(hashers);
  }

  /** Grows with each change. It begins at the present time, so that it does not fall back when a process restarts. */
  get revision(): number {
    return this.#revision;
  }

  /** How many files there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** What the last scan of the whole folder found. */
  get lastScan(): ScanReport | undefined {
    return this.#lastScan;
  }

  /** The files behind a path, or all, in the order of their paths. */
  entriesAfter(path?: FilePath): Iterable<FileEntry> {
    return this.#entries.after(path);
  }

  /** The files with this content. */
  withDigest(digest: Digest): readonly IndexedFile[] {
    return this.#entries.withDigest(digest);
  }

  /** Where a file really is on this machine. */
  locate(file: IndexedFile): string {
    return join(this.root, file.at);
  }

  /** Looks at the whole folder again and hashes what looks different. Readers see the old state until it is done. */
  rescan(): Promise<ScanReport> {
    return this.#alone(async () => {
      const { put, removed, ...report } = await scan({
        root: this.root,
        dotfiles: this.#dotfiles,
        entries: this.#entries,
        pool: this.#pool,
      });
      const changed = this.#apply(put, removed);
      this.#lastScan = { ...report, changed, files: this.#entries.size, revision: this.#revision };
      return this.#lastScan;
    });
  }

  /** Looks at one file of the index again; tells whether a reader sees a difference. Asked twice at once, looks once. */
  refresh(path: FilePath): Promise<boolean> {
    const under = this.#refreshing.get(path);
    if (under) return under;
    const refreshing = this.#alone(() => this.#refresh(path)).finally(() => this.#refreshing.delete(path));
    this.#refreshing.set(path, refreshing);
    return refreshing;
  }

  /** Ends the threads; a scan that is under way fails. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  async #refresh(path: FilePath): Promise<boolean> {
    const file = this.#entries.get(path);
    if (!file) return false;
    const outcome = await this.#pool.hash(this.locate(file));
    return outcome.ok ? this.#apply([indexed(path, file.at, outcome.hashed)], []) : this.#apply([], [path]);
  }

  #apply(put: readonly IndexedFile[], removed: readonly FilePath[]): boolean {
    const changed = this.#entries.apply(put, removed);
    // An empty folder has a revision too.
    if (changed || this.#revision === 0) this.#revision = Math.max(this.#revision + 1, Math.floor(this.#now()));
    return changed;
  }

  /** One scan after the other: two at once would overwrite each other's news. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }
}
