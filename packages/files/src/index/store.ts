/** The writing side of an index's database. */
import type { DatabaseSync } from "node:sqlite";
import { text, whole } from "./database.ts";
import type { Hashed } from "./hash-file.ts";
import { below, split } from "./indexed-file.ts";
import { statementsOf } from "./statements.ts";
import { Sums } from "./sums.ts";

/** What is remembered of a file that is looked at again. */
export interface Known {
  /** Its real path. */
  readonly at: string;
  readonly fingerprint: string;
}

/** A link, and the real path to which it leads; none where it leads nowhere that may be shown. */
export interface Link {
  readonly path: string;
  readonly target: string | undefined;
}

/** Changes gather in a transaction until they are committed together: nobody sees a part of them, and no crash keeps one. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #sql: ReturnType<typeof statementsOf>;
  readonly #sums = new Sums();
  #open = false;
  #changed = false;

  constructor(database: DatabaseSync, now: () => number) {
    this.#database = database;
    this.#sql = statementsOf(this.#database);
    this.#now = now;
  }

  get revision(): number {
    return whole(this.#sql("SELECT value FROM revision").get()?.["value"]);
  }

  /** How many files there are. */
  get size(): number {
    return whole(this.#sql("SELECT files FROM folder WHERE parent = '' AND name = ''").get()?.["files"] ?? 0);
  }

  /** How many files lie directly in a folder. */
  filesIn(folder: string): number {
    return whole(this.#sql("SELECT count(*) AS files FROM file WHERE folder = ?").get(folder)?.["files"]);
  }

  /** The names of the files directly in a folder. */
  *namesIn(folder: string): Generator<string, void, undefined> {
    for (const { name } of this.#sql("SELECT name FROM file WHERE folder = ?").iterate(folder)) yield text(name);
  }

  foldersIn(folder: string): string[] {
    const rows = this.#sql("SELECT name FROM folder WHERE parent = ? AND name > ''").all(folder);
    return rows.map(({ name }) => text(name));
  }

  /** What is known of some names in a folder. */
  known(folder: string, names: readonly string[]): Map<string, Known> {
    const rows = this.#sql(
      "SELECT name, at, fingerprint FROM json_each(?) CROSS JOIN file WHERE folder = ? AND name = value",
    ).all(JSON.stringify(names), folder);
    return new Map(
      rows.map(({ name, at, fingerprint }) => {
        const path = below(folder, text(name));
        return [text(name), { at: at === null ? path : text(at), fingerprint: text(fingerprint) }];
      }),
    );
  }

  links(): Link[] {
    const rows = this.#sql("SELECT folder, name, target FROM link").all();
    return rows.map(({ folder, name, target }) => ({
      path: below(text(folder), text(name)),
      target: target === null ? undefined : text(target),
    }));
  }

  /** Adds a file or replaces it. */
  put(path: string, at: string, { size, modified, type, digest, fingerprint }: Hashed): void {
    this.#begin();
    const [folder, name] = split(path);
    const row = [folder, name, at === path ? null : at, size, modified, type, digest, fingerprint];
    // Most are new, and nothing has to be looked up for them.
    const added = this.#sql("INSERT OR IGNORE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(...row);
    if (added.changes > 0) return this.#sums.add(folder, 1, size);
    const before = this.#row(folder, name);
    const isSame =
      before?.["size"] === size &&
      before["modified"] === modified &&
      before["type"] === type &&
      before["digest"] === digest;
    this.#sql("REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(...row);
    if (!isSame) this.#sums.add(folder, 0, size - whole(before?.["size"]));
  }

  /** Takes a file away, if it is there. */
  remove(path: string): void {
    const [folder, name] = split(path);
    const before = this.#row(folder, name);
    if (!before) return;
    this.#begin();
    this.#sql("DELETE FROM file WHERE folder = ? AND name = ?").run(folder, name);
    this.#sums.add(folder, -1, -whole(before["size"]));
  }

  /** Takes a folder away with everything below it. */
  removeTree(path: string): void {
    this.#begin();
    this.#total();
    const [parent, name] = split(path);
    const sum = this.#sql("SELECT files, bytes FROM folder WHERE parent = ? AND name = ?").get(parent, name);
    const range = [path, `${path}/`, `${path}0`];
    this.#sql("DELETE FROM link WHERE folder = ? OR (folder >= ? AND folder < ?)").run(...range);
    if (!sum) return;
    this.#sql("DELETE FROM file WHERE folder = ? OR (folder >= ? AND folder < ?)").run(...range);
    this.#sql("DELETE FROM folder WHERE parent = ? OR (parent >= ? AND parent < ?)").run(...range);
    this.#sql("DELETE FROM folder WHERE parent = ? AND name = ?").run(parent, name);
    this.#sums.add(parent, -whole(sum["files"]), -whole(sum["bytes"]));
  }

  putLink(path: string, target: string | undefined): void {
    this.#begin();
    this.#sql("INSERT OR REPLACE INTO link VALUES (?, ?, ?)").run(...split(path), target ?? null);
  }

  removeLink(path: string): void {
    this.#begin();
    this.#sql("DELETE FROM link WHERE folder = ? AND name = ?").run(...split(path));
  }

  removeLinksIn(folder: string): void {
    if (!this.#sql("SELECT 1 FROM link WHERE folder = ? LIMIT 1").get(folder)) return;
    this.#begin();
    this.#sql("DELETE FROM link WHERE folder = ?").run(folder);
  }

  /** Ends the transaction; tells whether a reader sees a difference. The revision grows only then. */
  commit(): boolean {
    if (!this.#open) return false;
    this.#total();
    this.#database.exec("COMMIT");
    const changed = this.#changed;
    this.#open = false;
    this.#changed = false;
    return changed;
  }

  /** What is done once a whole folder is in: what makes finding fast would make filling slow. */
  finish(): void {
    this.#database.exec("CREATE INDEX IF NOT EXISTS file_by_digest ON file (digest)");
    // An empty folder has a revision too.
    if (this.revision === 0) this.#sql("UPDATE revision SET value = ?").run(Math.floor(this.#now()));
  }

  close(): void {
    this.#database.close();
  }

  #row = (folder: string, name: string) =>
    this.#sql("SELECT size, modified, type, digest FROM file WHERE folder = ? AND name = ?").get(folder, name);

  #begin(): void {
    if (this.#open) return;
    this.#database.exec("BEGIN IMMEDIATE");
    this.#open = true;
  }

  /** Writes what was added into every folder above. */
  #total(): void {
    if (this.#sums.isEmpty) return;
    if (!this.#changed) {
      this.#sql("UPDATE revision SET value = max(value + 1, ?)").run(Math.floor(this.#now()));
      this.#changed = true;
    }
    const { revision } = this;
    const add = this.#sql(
      `INSERT INTO folder VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET files = files + excluded.files, bytes = bytes + excluded.bytes, revision = excluded.revision`,
    );
    const drop = this.#sql("DELETE FROM folder WHERE parent = ? AND name = ? AND files = 0");
    for (const [folder, { files, bytes }] of this.#sums.carryUp()) {
      const [parent, name] = split(folder);
      add.run(parent, name, files, bytes, revision);
      if (files <= 0) drop.run(parent, name);
    }
  }
}
