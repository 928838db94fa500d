/** The file in which a mirror's memory is. It is of one catalog: another's files are never taken for its own. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { isSound, removeDatabase, text } from "../index/database.ts";

/** Where it is kept, in the folder itself. Nothing of a catalog may have this name. */
export const stateFolder = ".natster";

/**
 * Whether a path leads to where it is kept, on any file system: some take letters of either case, and all forms that
 * Unicode gives one, for the same; some overlook letters that nobody sees; and Windows gives a long name a short one.
 */
export function isOwnPlace(path: string): boolean {
  const [first = ""] = path.split("/");
  const folded = first
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toUpperCase()
    .toLowerCase();
  return folded === stateFolder || /^natste~\d+$/.test(folded);
}

/** What a folder mirrors. */
export const Origin = z.strictObject({
  owner: z.string(),
  catalog: z.string(),
  /** A folder or a file in it; empty for all of it. */
  path: z.string(),
  /** When the catalog was made, which tells it from an earlier one of its name. */
  since: z.string(),
  /** As people write it. */
  name: z.string(),
});
export type Origin = Readonly<z.infer<typeof Origin>>;

/** The folder mirrors something else. */
export class OtherMirrorError extends Error {
  override readonly name = "OtherMirrorError";
}

/** Counts up whenever what is stored means something else. A record of another version is not believed. */
const version = 1;

/**
 * `file` is what was put there, and what each looked like; `own` is one that was there before, and turned out to be the
 * same. `coming` is what a run is about to put there, in case it is killed before it has written down that it did.
 */
const schema = `
  DROP TABLE IF EXISTS origin; DROP TABLE IF EXISTS file; DROP TABLE IF EXISTS coming;
  CREATE TABLE origin (
    owner TEXT NOT NULL, catalog TEXT NOT NULL, path TEXT NOT NULL, since TEXT NOT NULL, name TEXT NOT NULL
  ) STRICT;
  CREATE TABLE file (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, fingerprint TEXT NOT NULL, own INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX file_by_digest ON file (digest);
  CREATE TABLE coming (path TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID, STRICT;
  PRAGMA user_version = ${version}`;

/**
 * Opens the record of a folder. It is begun anew where there is none, where it is damaged or was written before records
 * said whose they are, where the catalog was made anew since, and where nothing is left there of what it tells of;
 * whatever is in the folder then counts as somebody's own. `write` is false for a plan that is only looked at: then nothing is made on the
 * disk. `stands` tells whether a file is as it was put there. Throws `OtherMirrorError`.
 */
export function openRecord(
  folder: string,
  origin: Origin,
  { write, stands }: { readonly write: boolean; readonly stands: (path: string, fingerprint: string) => boolean },
): DatabaseSync {
  const file = join(folder, stateFolder, "mirror.sqlite");
  const there = lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  const found = there && isSound(file);
  if (write && there && !found) removeDatabase(file);
  const database = new DatabaseSync(write || found ? file : ":memory:", { readOnly: !write && found, timeout: 5_000 });
  try {
    if (write) database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const before = originIn(database);
    if (before && isSamePlace(before, origin)) {
      if (before.since === origin.since) return database;
    } else if (before && holdsAny(database, stands)) {
      throw new OtherMirrorError(`${folder} mirrors ${before.name}, and not ${origin.name}`);
    }
    if (write || !found) return begun(database, origin);
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return begun(new DatabaseSync(":memory:"), origin);
}

/** Whose record it is; undefined where it does not say. */
function originIn(database: DatabaseSync): Origin | undefined {
  if (database.prepare("PRAGMA user_version").get()?.["user_version"] !== version) return undefined;
  return Origin.parse({ ...database.prepare("SELECT * FROM origin").get() });
}

const isSamePlace = (one: Origin, other: Origin): boolean =>
  one.owner === other.owner && one.catalog === other.catalog && one.path === other.path;

/** Whether anything is there as it was put there. */
function holdsAny(database: DatabaseSync, stands: (path: string, fingerprint: string) => boolean): boolean {
  for (const { path, fingerprint } of database.prepare("SELECT path, fingerprint FROM file WHERE own = 0").iterate()) {
    if (stands(text(path), text(fingerprint))) return true;
  }
  return false;
}

function begun(database: DatabaseSync, { owner, catalog, path, since, name }: Origin): DatabaseSync {
  database.exec(`BEGIN; ${schema}`);
  database.prepare("INSERT INTO origin VALUES (?, ?, ?, ?, ?)").run(owner, catalog, path, since, name);
  database.exec("COMMIT");
  return database;
}
