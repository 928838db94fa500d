/** Compares a folder, or some paths in it, with the index, and brings the index up to date. */
import { join } from "node:path";
import { IgnoreRules, rulesIn } from "./ignore-rules.ts";
import { below, split } from "./indexed-file.ts";
import { realPath } from "./inside.ts";
import type { Looked } from "./look.ts";
import { batchSize, LookBatches } from "./look-batches.ts";
import type { LookPool } from "./look-pool.ts";
import { codeOf, type Omission, type OmissionReason, Omissions, unreadable } from "./omission.ts";
import type { Known, Store } from "./store.ts";
import { find, type Folder, type Found, kindAt, type Kind, namesIn } from "./walk.ts";

/** What a scan found. */
export interface ScanReport {
  readonly revision: number;
  /** Whether a reader sees a difference. */
  readonly changed: boolean;
  readonly files: number;
  /** How many of them were hashed this time. */
  readonly hashed: number;
  /** How much was left out, by reason. */
  readonly omitted: Readonly<Partial<Record<OmissionReason, number>>>;
  /** The first hundred of these. */
  readonly examples: readonly Omission[];
}

/** How far a scan is. */
export interface ScanProgress {
  /** Files found so far, of which some are still to be looked at. */
  readonly found: number;
  readonly done: number;
  readonly hashed: number;
  /** Bytes of the files that were hashed. */
  readonly bytes: number;
}

/** What a scan works with. */
export interface Scanned {
  /** The root's real path. */
  readonly root: string;
  readonly dotfiles: boolean;
  readonly store: Store;
  readonly pool: LookPool;
  /** A file that was changed within so many milliseconds is left for later. */
  readonly quiet: number;
  /** Told of a folder, by its real path below the root, before it is read. */
  readonly onFolder: (at: string) => void;
  /** Told of a file that is to be looked at once more, by its real path below the root. */
  readonly onLater: (at: string) => void;
  readonly onProgress: (progress: ScanProgress) => void;
}

/** How many files are written in one transaction. */
const commitSize = 20_000;

/** One scan. What came is in the index soon, what went is taken out at the end: a move never shows neither. */
export class Scan {
  readonly omissions = new Omissions();
  readonly #with: Scanned;
  readonly #inRoot: IgnoreRules;
  readonly #looks: LookBatches;
  readonly #gone = new Set<string>();
  readonly #goneTrees = new Set<string>();
  #unsaved = 0;
  #hashed = 0;
  #bytes = 0;
  #changed = false;

  constructor(scanned: Scanned) {
    this.#with = scanned;
    const { root, dotfiles, pool, quiet } = scanned;
    this.#inRoot = IgnoreRules.inRoot(root, dotfiles);
    this.#looks = new LookBatches({ root, pool, quiet, onLooked: this.#take });
  }

  get hashed(): number {
    return this.#hashed;
  }

  /** Looks at the whole root. Throws where it cannot be read. */
  all = (): Promise<void> => this.#tree({ path: "", at: "", rules: this.#inRoot, linked: false });

  /** Looks at one path, whatever is there now, and at everything below it. */
  async path(path: string): Promise<void> {
    const [folder, name] = split(path);
    const { root, store } = this.#with;
    if (path === "") return await this.all();
    // The way there is gone or leads elsewhere now: that is what is to be looked at.
    if (realPath(join(root, folder)) !== join(root, folder)) return await this.path(folder);
    try {
      const rules = rulesIn(this.#inRoot, folder);
      const kind = rules && kindAt(join(root, path));
      if (kind !== "link") store.removeLink(path);
      if (!rules || !kind) return this.#leave(path);
      const found = this.#find(name, kind, { path: folder, at: folder, rules, linked: false });
      if (found?.is === "file") {
        this.#goneTrees.add(path);
        this.#candidate(path, found.at, store.known(folder, [name]).get(name));
        await this.#sendFull();
      } else if (found?.is === "folder") {
        this.#gone.add(path);
        await this.#tree(found.folder);
      } else this.#leave(path);
    } catch (error) {
      this.#leave(path);
      if (codeOf(error) === undefined) throw error;
      if (codeOf(error) !== "ENOENT") this.omissions.add(unreadable(path, error));
    }
  }

  /** Waits for what is under way and takes out what is gone. Tells whether a reader sees a difference. */
  async finish(): Promise<boolean> {
    await this.#looks.finish();
    const { store } = this.#with;
    for (const path of this.#goneTrees) store.removeTree(path);
    for (const path of this.#gone) store.remove(path);
    this.#commit();
    this.#report();
    return this.#changed;
  }

  async #tree(top: Folder): Promise<void> {
    const folders = [top];
    for (let folder = folders.pop(); folder; folder = folders.pop()) {
      try {
        await this.#folder(folder, folders);
      } catch (error) {
        if (folder.path === "" || codeOf(error) === undefined) throw error;
        if (codeOf(error) !== "ENOENT") this.omissions.add(unreadable(folder.path, error));
        this.#leave(folder.path);
      }
    }
  }

  async #folder(folder: Folder, folders: Folder[]): Promise<void> {
    const { root, store, onFolder } = this.#with;
    this.#goneTrees.delete(folder.path);
    if (!folder.linked) onFolder(folder.at);
    store.removeLinksIn(folder.path);
    const had = store.filesIn(folder.path);
    // Only where something could be missing is it worth remembering what is there.
    const seen = had > 0 ? new Set<string>() : undefined;
    const subfolders = new Set<string>();
    let known = 0;
    let files: { name: string; at: string }[] = [];
    const flush = async () => {
      const before =
        had > 0
          ? store.known(
              folder.path,
              files.map(({ name }) => name),
            )
          : undefined;
      known += before?.size ?? 0;
      for (const { name, at } of files) this.#candidate(below(folder.path, name), at, before?.get(name));
      files = [];
      await this.#sendFull();
    };

    for (const named of namesIn(join(root, folder.at))) {
      if ("raw" in named) {
        const path = below(folder.path, named.raw.toString("latin1")).slice(0, 4096);
        this.omissions.add({ reason: "name", path });
        continue;
      }
      const { name, kind } = named;
      const found = this.#find(name, kind, folder);
      if (found?.is === "file") {
        seen?.add(name);
        files.push({ name, at: found.at });
        if (files.length === batchSize) await flush();
      } else if (found?.is === "folder") {
        subfolders.add(name);
        folders.push(found.folder);
      }
    }
    await flush();

    if (seen && known < had) {
      for (const name of store.namesIn(folder.path)) if (!seen.has(name)) this.#gone.add(below(folder.path, name));
    }
    for (const name of store.foldersIn(folder.path)) {
      if (!subfolders.has(name)) this.#goneTrees.add(below(folder.path, name));
    }
  }

  /** What a name comes to; what is left out is told, what went away meanwhile was never there. */
  #find(name: string, kind: Kind, folder: Folder): Found | undefined {
    const { root, store } = this.#with;
    const path = below(folder.path, name);
    try {
      const found = find(name, kind, folder, this.#inRoot, root);
      if (found.is === "omitted") this.omissions.add({ reason: found.reason, path: path.slice(0, 4096) });
      if (kind === "link") store.putLink(path, targetOf(found));
      return found;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (codeOf(error) !== "ENOENT") this.omissions.add(unreadable(path, error));
      if (kind === "link") store.putLink(path, undefined);
      return undefined;
    }
  }

  #candidate(path: string, at: string, before: Known | undefined): void {
    this.#looks.add(path, at, before?.at === at ? before.fingerprint : undefined);
  }

  async #sendFull(): Promise<void> {
    await this.#looks.sendFull();
    this.#report();
  }

  #take = (path: string, at: string, looked: Looked): void => {
    this.#gone.delete(path);
    if (looked === "same") return;
    const { store, quiet, onLater } = this.#with;
    if ("digest" in looked) {
      store.put(path, at, looked);
      this.#hashed++;
      this.#bytes += looked.size;
      if (++this.#unsaved === commitSize) this.#commit();
      return;
    }
    const { reason, code } = looked;
    this.omissions.add({ reason, path, ...(code !== undefined && { code }) });
    if (reason === "changing") onLater(at);
    // While somebody writes to a file its old entry stays, and is refused to who reads it.
    if (reason !== "changing" || quiet === 0) this.#gone.add(path);
  };

  #leave(path: string): void {
    this.#gone.add(path);
    this.#goneTrees.add(path);
  }

  #commit(): void {
    this.#unsaved = 0;
    this.#changed = this.#with.store.commit() || this.#changed;
  }

  #report(): void {
    this.#with.onProgress({
      found: this.#looks.added,
      done: this.#looks.done,
      hashed: this.#hashed,
      bytes: this.#bytes,
    });
  }
}

/** The real path to which a link leads. */
function targetOf(found: Found): string | undefined {
  if (found.is === "file") return found.at;
  return found.is === "folder" ? found.folder.at : undefined;
}
