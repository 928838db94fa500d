/** The index of a folder: what it holds, kept true by looking again or by following what happens to it. */
import { lstat, realpath } from "node:fs/promises";
import type { Digest } from "@natster/contracts";
import type { FilePath } from "@natster/contracts/files";
import { type CacheFile, claimCache, passingCache } from "./cache-file.ts";
import { IndexThread } from "./index-thread.ts";
import { IndexView, type Page, type Query } from "./index-view.ts";
import type { IndexedFile } from "./indexed-file.ts";
import { codeOf } from "./omission.ts";
import type { ScanProgress, ScanReport } from "./scan.ts";

/** How a folder is indexed. */
export interface IndexOptions {
  /** Whether files and folders whose names begin with a dot are in it; they are not unless this says so. */
  readonly dotfiles?: boolean | undefined;
  /** On how many threads files are hashed; at most four, and no more than there are processors, unless given. */
  readonly hashers?: number | undefined;
  /** The folder where what was found is kept for the next time; nothing is kept where it is left out. */
  readonly cache?: string | undefined;
  /**
   * Whether changes are followed as they happen, and for how many milliseconds a file must have been left alone before
   * it counts as written: 1,000 unless given.
   */
  readonly follow?: boolean | { readonly quiet: number } | undefined;
  /** The time in milliseconds from which revisions begin, where it is not the present. */
  readonly now?: number | undefined;
  /** Ends the first scan, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told a few times each second how far a scan is. */
  readonly onProgress?: ((progress: ScanProgress) => void) | undefined;
  /** Told when the folder cannot be followed, which is tried again. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
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
    // A scan may end well although it was interrupted; the index is closed then.
    options.signal?.throwIfAborted();
    return index;
  } catch (error) {
    await index.close();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}

/** An index of one folder, in a database beside the process. Make one with `indexFolder`. */
export class FolderIndex implements AsyncDisposable {
  /** The root's real path. */
  readonly root: string;
  readonly #cache: CacheFile;
  readonly #thread: IndexThread;
  readonly #waiting = new Set<(revision: number) => void>();
  readonly #refreshing = new Map<FilePath, Promise<boolean>>();
  #view: IndexView | undefined;
  #lastScan: ScanReport | undefined;
  #closing: Promise<void> | undefined;

  constructor(root: string, { dotfiles = false, hashers, cache, follow, now, onProgress, onTrouble }: IndexOptions) {
    this.root = root;
    this.#cache = cache === undefined ? passingCache() : claimCache(cache, root);
    const quiet = typeof follow === "object" ? follow.quiet : follow ? 1_000 : undefined;
    this.#thread = new IndexThread(
      { options: { root, database: this.#cache.path, dotfiles, hashers, quiet }, now },
      {
        onRevision: (revision) => {
          for (const tell of this.#waiting) tell(revision);
        },
        onProgress: (progress) => onProgress?.(progress),
        onTrouble: (error) => onTrouble?.(error),
      },
    );
  }

  /** The file of its database, for an `IndexView` in another thread of this process. */
  get database(): string {
    return this.#cache.path;
  }

  /** Grows with each change, and never falls back: not when a process restarts, nor when its cache is lost. */
  get revision(): number {
    return this.#open.revision;
  }

  /** How many files there are. */
  get size(): number {
    return this.#open.size;
  }

  /** What the last scan that was asked for found. */
  get lastScan(): ScanReport | undefined {
    return this.#lastScan;
  }

  /** A page of the listing. */
  page(query: Query): Page {
    return this.#open.page(query);
  }

  /** The files with this content, each looked up when it is asked for. */
  withDigest(digest: Digest): Iterable<IndexedFile> {
    return this.#open.withDigest(digest);
  }

  /** Where a file really is on this machine. */
  locate(file: IndexedFile): string {
    return this.#open.locate(file);
  }

  /** Resolves with the revision as soon as it is beyond this one; rejects with the signal's reason. */
  changed(since: number, signal?: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiting.delete(tell);
        signal?.removeEventListener("abort", abort);
      };
      const tell = (revision: number) => {
        if (revision <= since) return;
        settle();
        resolve(revision);
      };
      const abort = () => {
        settle();
        reject(signal?.reason);
      };
      if (signal?.aborted) return reject(signal.reason);
      this.#waiting.add(tell);
      signal?.addEventListener("abort", abort, { once: true });
      tell(this.revision);
    });
  }

  /** Looks at the whole folder again and hashes what looks different. */
  async rescan(): Promise<ScanReport> {
    this.#lastScan = await this.#thread.rescan();
    return this.#lastScan;
  }

  /** Looks at one file of the index again; tells whether a reader sees a difference. Asked twice at once, looks once. */
  refresh(path: FilePath): Promise<boolean> {
    const under = this.#refreshing.get(path);
    if (under) return under;
    const file = this.#open.get(path);
    if (!file) return Promise.resolve(false);
    const refreshing = this.#thread.look(file.at).finally(() => this.#refreshing.delete(path));
    this.#refreshing.set(path, refreshing);
    return refreshing;
  }

  /** Ends the threads; a scan that is under way fails. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  /** It is there when the thread has made the database: after the first scan at the latest. */
  get #open(): IndexView {
    return (this.#view ??= new IndexView(this.root, this.#cache.path));
  }

  async #close(): Promise<void> {
    this.#view?.[Symbol.dispose]();
    await this.#thread.close();
    this.#cache[Symbol.dispose]();
  }
}
