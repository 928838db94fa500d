/** Keeps an index true: the one writer of its database. Runs in a thread of its own. */
import { join } from "node:path";
import { openToWrite } from "./database.ts";
import { ignoreFile } from "./ignore-rules.ts";
import { split } from "./indexed-file.ts";
import { realPath } from "./inside.ts";
import { LookPool } from "./look-pool.ts";
import { Scan, type ScanProgress, type ScanReport } from "./scan.ts";
import { type Link, Store } from "./store.ts";
import { WatchTree } from "./watch-tree.ts";

export interface IndexerOptions {
  /** The root's real path. */
  readonly root: string;
  /** The file of the database. */
  readonly database: string;
  readonly dotfiles: boolean;
  readonly hashers?: number | undefined;
  /** For how many milliseconds a file must not have changed before it is read; undefined where nothing is followed. */
  readonly quiet?: number | undefined;
}

/** What an indexer tells by itself. */
export interface IndexerEvents {
  /** What readers see has changed. */
  readonly onRevision: (revision: number) => void;
  readonly onProgress: (progress: ScanProgress) => void;
  /** The folder cannot be followed just now; it is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

/** How long a path is left alone after an event: what belongs together, such as both ends of a move, comes together. */
const settling = 100;
/** With more paths than this it is quicker to look at everything. */
const mostPaths = 10_000;
const progressEvery = 250;
const tryAgain = 10_000;

/** How long until everything is looked at again: a small part of the time, and often only where not all is watched. */
const lookAgain = (allWatched: boolean, took: number): number =>
  allWatched ? Math.max(600_000, 60 * took) : Math.max(10_000, 20 * took);

/** Keeps one index. */
export class Indexer implements AsyncDisposable {
  readonly #options: IndexerOptions;
  readonly #events: IndexerEvents;
  readonly #store: Store;
  readonly #pool: LookPool;
  readonly #watch: WatchTree | undefined;
  /** Paths at which something happened, and from when on they are to be looked at. */
  readonly #due = new Map<string, number>();
  #tick: NodeJS.Timeout | undefined;
  #everything: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #told = 0;
  #closed = false;

  constructor(options: IndexerOptions, events: IndexerEvents, now: () => number = Date.now) {
    const { root, database, dotfiles, hashers, quiet } = options;
    this.#options = options;
    this.#events = events;
    this.#store = new Store(openToWrite(database), now);
    this.#pool = new LookPool(hashers);
    if (quiet === undefined) return;
    const onChange = (path: string) => this.#later(path, settling);
    this.#watch = new WatchTree({ root, dotfiles, onChange, onLost: () => this.#lookAtEverything(settling) });
  }

  /** Looks at everything. With `quiet`, what is still being written is left for later. */
  rescan = (quiet = 0): Promise<ScanReport> =>
    this.#alone(async () => {
      const started = performance.now();
      clearTimeout(this.#everything?.timer);
      this.#everything = undefined;
      this.#due.clear();
      this.#watch?.remove("");
      const scan = this.#scan(quiet);
      await scan.all();
      const changed = await scan.finish();
      this.#store.finish();
      if (this.#watch) this.#lookAtEverything(lookAgain(this.#watch.complete, performance.now() - started));
      const { revision, size: files } = this.#store;
      if (changed) this.#events.onRevision(revision);
      const { hashed, omissions } = scan;
      return { revision, changed, files, hashed, omitted: omissions.counts, examples: omissions.examples };
    });

  /** Looks at some paths and what is below them; tells whether a reader sees a difference. */
  look = (paths: readonly string[], quiet = 0): Promise<boolean> =>
    this.#alone(async () => {
      const scan = this.#scan(quiet);
      const looked = new Set<string>();
      const look = async (path: string) => {
        looked.add(path);
        this.#watch?.remove(path);
        await scan.path(path);
      };
      // A rule counts for everything beside and below it. In order, so that a folder comes before what is in it.
      const wanted = paths.map((path) => (split(path)[1] === ignoreFile ? split(path)[0] : path));
      for (const path of wanted.toSorted()) if (!ancestors(path).some((each) => looked.has(each))) await look(path);
      // What was looked at may be what a link leads to, or leads there by way of; and a link may lead to a link.
      const links = new Map(this.#store.links().map((link) => [link.path, link]));
      for (let before = -1; before !== looked.size;) {
        before = looked.size;
        const touched = new Set([...looked].flatMap(ancestors));
        for (const link of links.values()) {
          if (looked.has(link.path) || !this.#isMoved(link, looked, touched)) continue;
          await look(link.path);
        }
      }
      const changed = await scan.finish();
      if (changed) this.#events.onRevision(this.#store.revision);
      return changed;
    });

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#tick);
    clearTimeout(this.#everything?.timer);
    this.#watch?.[Symbol.dispose]();
    await this.#pool[Symbol.asyncDispose]();
    await this.#queue;
    this.#store.close();
  }

  #scan(quiet: number): Scan {
    const { root, dotfiles } = this.#options;
    return new Scan({
      root,
      dotfiles,
      quiet,
      store: this.#store,
      pool: this.#pool,
      onFolder: (at) => this.#watch?.add(at),
      onLater: (at) => this.#later(at, Math.max(quiet, settling)),
      onProgress: (progress) => {
        if (performance.now() - this.#told < progressEvery) return;
        this.#told = performance.now();
        this.#events.onProgress(progress);
      },
    });
  }

  /** Whether a link may show something else now. */
  #isMoved({ path, target }: Link, looked: ReadonlySet<string>, touched: ReadonlySet<string>): boolean {
    if (target === undefined || touched.has(target)) return true;
    if (ancestors(target).some((each) => looked.has(each))) return true;
    return realPath(join(this.#options.root, path)) !== join(this.#options.root, target);
  }

  #later(path: string, wait: number): void {
    if (!this.#watch || this.#closed) return;
    this.#due.set(path, Date.now() + wait);
    if (this.#due.size > mostPaths) {
      this.#due.clear();
      this.#lookAtEverything(settling);
    }
    this.#tick ??= setTimeout(() => void this.#catchUp(), settling / 2);
  }

  /** Looks at what is due. What goes wrong is told: nobody waits for this who could hear of it otherwise. */
  async #catchUp(): Promise<void> {
    const now = Date.now();
    const due = [...this.#due].filter(([, at]) => at <= now).map(([path]) => path);
    for (const path of due) this.#due.delete(path);
    if (due.length > 0) await this.#dare(() => this.look(due, this.#options.quiet));
    this.#tick = this.#due.size > 0 ? setTimeout(() => void this.#catchUp(), settling / 2) : undefined;
  }

  #lookAtEverything(wait: number): void {
    const at = Date.now() + wait;
    if (this.#closed || (this.#everything && this.#everything.at <= at)) return;
    clearTimeout(this.#everything?.timer);
    const timer = setTimeout(() => void this.#dare(() => this.rescan(this.#options.quiet)), wait);
    this.#everything = { at, timer };
  }

  async #dare(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#closed) return;
      this.#events.onTrouble(error);
      this.#lookAtEverything(tryAgain);
    }
  }

  /** One scan after the other: two at once would overwrite each other's news. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }
}

/** A path and all folders above it. */
function ancestors(path: string): string[] {
  const all = [path];
  for (let at = path; at !== "";) all.push((at = split(at)[0]));
  return all;
}
