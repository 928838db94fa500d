/** The reading side of an index: every thread of the process may have one of its own. */
import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Digest, InnerReplyOf, InnerRequestOf } from "@natster/contracts";
import { FileEntry, FilePath, type files, FolderEntry } from "@natster/contracts/files";
import { openToRead, text, whole } from "./database.ts";
import { below, type IndexedFile, split } from "./indexed-file.ts";
import { statementsOf } from "./statements.ts";

/** What is listed. */
export type Query = InnerRequestOf<typeof files.endpoints.list>;
export type Page = InnerReplyOf<typeof files.endpoints.list>;

/** How many lines a page has at the most where the reader does not say. */
const usual = 500;

/**
 * How large a page may become before its last line. A line has at most 4,096 characters of path, each at most six
 * bytes as JSON: a page stays far below the 1 MiB that one message may have.
 */
const pageBytes = 256 * 1024;

/** How many files a search looks at before it answers with what it found: some milliseconds' worth. */
const mostLookedAt = 5_000;

/** A line of a listing, and the cursor that stands behind it. */
type Line = ({ readonly file: FileEntry } | { readonly folder: FolderEntry }) & { readonly cursor: string };

const columns = "folder, name, at, size, modified, type, digest, fingerprint";

/** Looks things up in the database of an index, as it is at that moment. */
export class IndexView implements Disposable {
  /** The root's real path. */
  readonly root: string;
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof statementsOf>;

  /** `database` is the index's file. */
  constructor(root: string, database: string) {
    this.root = root;
    this.#database = openToRead(database);
    this.#sql = statementsOf(this.#database);
  }

  /** Grows with each change, across restarts too. */
  get revision(): number {
    return whole(this.#sql("SELECT value FROM revision").get()?.["value"]);
  }

  /** How many files there are. */
  get size(): number {
    return whole(this.#sql("SELECT files FROM folder WHERE parent = '' AND name = ''").get()?.["files"] ?? 0);
  }

  /** The files with this content, each looked up when it is asked for: there may be thousands, and mostly one is enough. */
  *withDigest(digest: Digest): Iterable<IndexedFile> {
    const sql = `SELECT ${columns} FROM file WHERE digest = ? AND (folder, name) > (?, ?) ORDER BY folder, name LIMIT 1`;
    const next = (...after: [folder: string, name: string]) => this.#sql(sql).get(digest, ...after);
    for (let row = next("", ""); row; row = next(text(row["folder"]), text(row["name"]))) yield indexedFile(row);
  }

  /** One file, by its path. */
  get(path: string): IndexedFile | undefined {
    const row = this.#sql(`SELECT ${columns} FROM file WHERE folder = ? AND name = ?`).get(...split(path));
    return row && indexedFile(row);
  }

  /** Where a file really is on this machine. */
  locate(file: IndexedFile): string {
    return join(this.root, file.at);
  }

  /** A part of the listing: bounded by count, by bytes, and by how much a search looks at. */
  page(query: Query): Page {
    const { name, type, limit = usual } = query;
    const page = { folders: new Array<FolderEntry>(), entries: new Array<FileEntry>(), revision: this.revision };
    const wanted = name === undefined ? undefined : folded(name);
    let [bytes, looked] = [0, 0];
    let last: string | undefined;
    for (const line of this.#lines(query)) {
      const full = page.folders.length + page.entries.length === limit || bytes >= pageBytes;
      if (last !== undefined && (full || looked === mostLookedAt)) return { ...page, next: last };
      looked++;
      last = line.cursor;
      const entry = "file" in line ? line.file : line.folder;
      if (wanted !== undefined && !folded(split(entry.path)[1]).includes(wanted)) continue;
      if (type !== undefined && !("file" in line && isOf(type, line.file.type))) continue;
      if ("file" in line) page.entries.push(line.file);
      else page.folders.push(line.folder);
      bytes += Buffer.byteLength(JSON.stringify(entry));
    }
    return page;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  *#lines(query: Query): Generator<Line, void, undefined> {
    const folder: string = query.folder ?? "";
    const { shallow = false, after = "" } = query;
    if (shallow) {
      if (after === "" || after.endsWith("/")) yield* this.#foldersIn(folder, split(after.slice(0, -1))[1]);
      yield* this.#filesIn(folder, after.endsWith("/") ? "" : split(after)[1]);
      return;
    }
    const [afterFolder, afterName] = split(after);
    if (folder === "") return yield* this.#filesFrom(afterFolder, afterName, "", highest);
    const [first, end] = [`${folder}/`, `${folder}0`];
    if (afterFolder <= folder) yield* this.#filesIn(folder, afterFolder === folder ? afterName : "");
    yield* afterFolder > folder
      ? this.#filesFrom(afterFolder, afterName, first, end)
      : this.#filesFrom(first, "", first, end);
  }

  *#foldersIn(parent: string, after: string): Generator<Line, void, undefined> {
    const sql = "SELECT name, files, bytes, revision FROM folder WHERE parent = ? AND name > ? ORDER BY name";
    // A statement can be read by one at a time, and nobody reads another page meanwhile.
    for (const { name, files: count, bytes, revision } of this.#sql(sql).iterate(parent, after)) {
      const path = FilePath.parse(below(parent, text(name)));
      yield { folder: FolderEntry.parse({ path, files: count, bytes, revision }), cursor: `${path}/` };
    }
  }

  *#filesIn(folder: string, after: string): Generator<Line, void, undefined> {
    const sql = `SELECT ${columns} FROM file WHERE folder = ? AND name > ? ORDER BY name`;
    for (const row of this.#sql(sql).iterate(folder, after)) yield line(row);
  }

  *#filesFrom(folder: string, name: string, first: string, end: string): Generator<Line, void, undefined> {
    const sql = `SELECT ${columns} FROM file
                 WHERE (folder, name) > (?, ?) AND folder >= ? AND folder < ? ORDER BY folder, name`;
    for (const row of this.#sql(sql).iterate(folder, name, first, end)) yield line(row);
  }
}

/** Behind every path, as SQLite compares them: by bytes of UTF-8. */
const highest = "\u{10ffff}\u{10ffff}";

function line(row: Row): Line {
  const { entry } = indexedFile(row);
  return { file: entry, cursor: entry.path };
}

type Row = Record<string, SQLOutputValue>;

function indexedFile({ folder, name, at, size, modified, type, digest, fingerprint }: Row): IndexedFile {
  const path = below(text(folder), text(name));
  return {
    entry: FileEntry.parse({ path, size, modified, type, digest }),
    at: at === null ? path : text(at),
    fingerprint: text(fingerprint),
  };
}

/** The same for names that a person takes for the same. */
const folded = (name: string): string => name.normalize("NFKC").toLowerCase();

const isOf = (wanted: string, type: string): boolean =>
  wanted.endsWith("/") ? type.startsWith(wanted) : type === wanted;
