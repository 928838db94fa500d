/** The database of an index: a cache beside the serving process, made anew whenever it is of no use. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";

/** Counts up whenever what is stored means something else, media types included. */
const version = 1;

/**
 * Everything is keyed by folder and name, so that one tree serves a listing of all files as well as one of a folder.
 * `at` is where a link leads; it is empty where the file is at its own path. The root is the folder "" in the folder "".
 */
const schema = `
  CREATE TABLE file (
    folder TEXT NOT NULL, name TEXT NOT NULL, at TEXT,
    size INTEGER NOT NULL, modified INTEGER NOT NULL, type TEXT NOT NULL, digest TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (folder, name)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE folder (
    parent TEXT NOT NULL, name TEXT NOT NULL,
    files INTEGER NOT NULL, bytes INTEGER NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (parent, name)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE link (
    folder TEXT NOT NULL, name TEXT NOT NULL, target TEXT,
    PRIMARY KEY (folder, name)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE revision (only INTEGER PRIMARY KEY CHECK (only = 0), value INTEGER NOT NULL) STRICT;
  INSERT INTO revision VALUES (0, 0);
  PRAGMA user_version = ${version};
`;

/**
 * Opens the database for its one writer, and begins a new one where it is missing, of another version, or damaged. A
 * process that is killed in the middle of a write loses that write and nothing else.
 */
export function openToWrite(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file) && isSound(file)) {
    const found = opened(file);
    if (found.prepare("PRAGMA user_version").get()?.["user_version"] === version) return found;
    found.close();
  }
  removeDatabase(file);
  const made = opened(file);
  made.exec(`BEGIN; ${schema} COMMIT`);
  return made;
}

/** Opens it to look something up, in any thread. What the writer commits is seen at once. */
export function openToRead(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  database.exec("PRAGMA cache_size = -8000");
  return database;
}

/** Whether all of a database can be read: not what was cut off, overwritten anywhere, or something else before. */
export function isSound(file: string): boolean {
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    return Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {})[0] === "ok";
  } catch (error) {
    if (!isDamage(error)) throw error;
    return false;
  }
}

/** Takes a database away, and what SQLite keeps beside it. */
export function removeDatabase(file: string): void {
  for (const each of [file, `${file}-wal`, `${file}-shm`]) rmSync(each, { force: true });
}

function opened(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  // A checkpoint syncs, a commit does not: a power cut costs the last commits, never the order of them.
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000",
  );
  return database;
}

/** SQLITE_CORRUPT, SQLITE_NOTADB, and what a wrong schema says. */
const isDamage = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && [1, 11, 26].includes(Number(error.errcode));

/** What a column of text holds. */
export function text(value: SQLOutputValue | undefined): string {
  if (typeof value !== "string") throw new TypeError(`the index holds ${typeof value} for a text`);
  return value;
}

/** What a column of whole numbers holds. */
export function whole(value: SQLOutputValue | undefined): number {
  if (typeof value !== "number") throw new TypeError(`the index holds ${typeof value} for a number`);
  return value;
}
