/** The files of an index, found by path in order and by digest. */
import type { Digest } from "@natster/contracts";
import type { FileEntry, FilePath } from "@natster/contracts/files";

/** A file as the serving side knows it. */
export interface IndexedFile {
  readonly entry: FileEntry;
  /** Its real path, relative to the root. */
  readonly at: string;
  /** What it looked like when it was hashed. */
  readonly fingerprint: string;
}

/** A mutable set of files; each change is applied in one step, so that nobody sees half of it. */
export class Entries {
  readonly #byPath = new Map<FilePath, IndexedFile>();
  readonly #byDigest = new Map<Digest, IndexedFile[]>();
  /** By UTF-16 code unit, the order of JavaScript's `<`. */
  #paths: FilePath[] = [];

  get size(): number {
    return this.#byPath.size;
  }

  get(path: FilePath): IndexedFile | undefined {
    return this.#byPath.get(path);
  }

  /** The files with this content: the same may stand under several paths. */
  withDigest(digest: Digest): readonly IndexedFile[] {
    return this.#byDigest.get(digest) ?? [];
  }

  /** All files. */
  values(): Iterable<IndexedFile> {
    return this.#byPath.values();
  }

  /** The files behind a path in the order of their paths, whether that path is still there or not. */
  *after(path?: FilePath): Generator<FileEntry, void, undefined> {
    const paths = this.#paths;
    for (let index = path === undefined ? 0 : firstAfter(paths, path); index < paths.length; index++) {
      const file = this.#byPath.get(paths[index] as FilePath);
      if (file) yield file.entry;
    }
  }

  /** Adds or replaces some files and removes others; tells whether a reader sees a difference. */
  apply(put: readonly IndexedFile[], removed: readonly FilePath[]): boolean {
    const added: FilePath[] = [];
    let changed = false;
    for (const path of removed) changed = this.#forget(path) || changed;
    for (const file of put) {
      const { path } = file.entry;
      const before = this.#byPath.get(path);
      changed ||= !before || !sameEntry(before.entry, file.entry);
      if (!before) added.push(path);
      this.#forget(path);
      this.#byPath.set(path, file);
      const same = this.#byDigest.get(file.entry.digest);
      if (same) same.push(file);
      else this.#byDigest.set(file.entry.digest, [file]);
    }
    if (added.length > 0 || removed.length > 0) this.#order(added);
    return changed;
  }

  #forget(path: FilePath): boolean {
    const file = this.#byPath.get(path);
    if (!file) return false;
    this.#byPath.delete(path);
    const same = this.#byDigest.get(file.entry.digest)?.filter((each) => each !== file) ?? [];
    if (same.length > 0) this.#byDigest.set(file.entry.digest, same);
    else this.#byDigest.delete(file.entry.digest);
    return true;
  }

  /** A new array, so that a listing under way keeps the one it began with; sorting two sorted runs is one pass. */
  #order(added: FilePath[]): void {
    const kept = this.#paths.filter((path) => this.#byPath.has(path));
    this.#paths = added.length > 0 ? [...kept, ...added.toSorted()].toSorted() : kept;
  }
}

function firstAfter(paths: readonly FilePath[], path: FilePath): number {
  let [low, high] = [0, paths.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((paths[middle] as FilePath) <= path) low = middle + 1;
    else high = middle;
  }
  return low;
}

const sameEntry = (one: FileEntry, other: FileEntry): boolean =>
  one.digest === other.digest && one.size === other.size && one.modified === other.modified && one.type === other.type;
