/** Watches folders for changes, one by one: the system's own way on Linux, where nothing watches a tree at once. */
import { isUtf8 } from "node:buffer";
import { type FSWatcher, readFileSync, statSync, watch } from "node:fs";
import { basename, join } from "node:path";
import { ignoreFile } from "./ignore-rules.ts";
import { below } from "./indexed-file.ts";

export interface WatchTreeOptions {
  /** The root's real path. */
  readonly root: string;
  readonly dotfiles: boolean;
  /** Something may have happened at this path, relative to the root. */
  readonly onChange: (path: string) => void;
  /** What happened may be lost: it was too much at once, or the root is another folder now, or none. */
  readonly onLost: () => void;
}

/** How many folders are watched at the most; each costs the kernel about a kilobyte, and us another. */
const mostFolders = 50_000;

/**
 * The folders that are watched. Node does not say when the kernel's queue ran over and events were dropped: libuv skips
 * that event, since it belongs to no folder. But a queue that ran over is delivered in one go, so that as many events
 * without a pause as the queue holds are taken for one.
 */
export class WatchTree implements Disposable {
  readonly #options: WatchTreeOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #queue = queueLength();
  #burst = 0;
  #complete = true;
  /** The root's own number, when it was watched. */
  #root: bigint | undefined;

  constructor(options: WatchTreeOptions) {
    this.#options = options;
  }

  /** Whether every folder that was to be watched is. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Watches a folder, from now on; what happened in it before must be looked at after this. */
  add(folder: string): void {
    if (this.#watchers.has(folder)) return;
    if (this.#watchers.size >= mostFolders) return void (this.#complete = false);
    // Before it is watched: what takes its place after that is heard of.
    if (folder === "") this.#root = this.#rootNow;
    try {
      const where = join(this.#options.root, folder);
      const watcher = watch(where, { encoding: "buffer", persistent: false }, (_, name) => this.#heard(folder, name));
      watcher.on("error", () => (this.#complete = false));
      this.#watchers.set(folder, watcher);
    } catch {
      // No more of them (ENOSPC, EMFILE), or the folder has just gone, of which its own folder tells.
      this.#complete = false;
    }
  }

  /** Forgets a folder and all below it. One of the same name is another folder: a watch stays with what it was set on. */
  remove(folder: string): void {
    if (folder === "") this.#complete = true;
    if (!this.#watchers.has(folder)) return;
    for (const [each, watcher] of this.#watchers) {
      if (folder !== "" && each !== folder && !each.startsWith(`${folder}/`)) continue;
      this.#watchers.delete(each);
      // A turn later, when what happened up to now has been read: what it is told then would not be counted otherwise.
      setImmediate(() => setImmediate(() => watcher.close()));
    }
  }

  [Symbol.dispose](): void {
    this.remove("");
  }

  get #rootNow(): bigint | undefined {
    try {
      return statSync(this.#options.root, { bigint: true }).ino;
    } catch {
      return undefined;
    }
  }

  #heard(folder: string, raw: Buffer | null): void {
    const { root, dotfiles, onChange, onLost } = this.#options;
    if (this.#burst++ === 0) setImmediate(() => (this.#burst = 0));
    if (this.#burst === this.#queue) onLost();
    // A name that is not UTF-8 is not in the index, whatever happens to it.
    if (raw && !isUtf8(raw)) return;
    const name = raw?.toString();
    // What happens to a folder itself is told in it, under its own name; of all others the folder above tells, too.
    if (folder === "" && name === basename(root) && this.#rootNow !== this.#root) onLost();
    if (name === undefined) onChange(folder);
    else if (dotfiles || name === ignoreFile || !name.startsWith(".")) onChange(below(folder, name));
  }
}

/** How many events the kernel keeps until they are read. */
function queueLength(): number {
  try {
    return Number(readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8"));
  } catch {
    // Not Linux, where what is lost is told as an event without a name.
    return Number.POSITIVE_INFINITY;
  }
}
