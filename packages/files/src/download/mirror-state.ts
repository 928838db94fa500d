/** What a mirror remembers of the folder that it fills: which content it put where, and what each file looked like. */
import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Digest } from "@natster/contracts";
import { tryToLock } from "../file-lock.ts";
import { text } from "../index/database.ts";
import { fingerprintOf } from "../index/fingerprint.ts";
import { statementsOf } from "../index/statements.ts";
import { makeFolder } from "../make-folder.ts";
import { openRecord, type Origin, stateFolder } from "./mirror-record.ts";
import { isThere, Step } from "./step.ts";

/** Another process fills the same place just now. */
export class MirrorBusyError extends Error {
  override readonly name = "MirrorBusyError";
}

/** A file as it was put there, or found to be. */
export interface Mirrored {
  readonly digest: string;
  readonly fingerprint: string;
}

/** How many changes are written together: what a crash makes us look at again. */
const together = 500;

/**
 * The memory of one mirror, and the plan of the run. It is this process's alone: whoever comes second is refused, and a
 * process that is killed lets go of it.
 */
export class MirrorState implements Disposable {
  readonly #folder: string;
  readonly #lock: Disposable | undefined;
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof statementsOf>;
  #unsaved = 0;

  /** `write` is false for a plan that is only looked at. Throws `MirrorBusyError` and `OtherMirrorError`. */
  constructor(folder: string, origin: Origin, { write }: { readonly write: boolean }) {
    this.#folder = folder;
    if (write) {
      makeFolder(this.parts, 0o700);
      this.#lock = tryToLock(join(folder, stateFolder, "lock"));
      if (!this.#lock) throw new MirrorBusyError(`another process fills ${folder} just now`);
    }
    try {
      const stands = (path: string, fingerprint: string) => this.looksLike(path) === fingerprint;
      this.#database = openRecord(folder, origin, { write, stands });
    } catch (error) {
      this.#lock?.[Symbol.dispose]();
      throw error;
    }
    this.#sql = statementsOf(this.#database);
    this.#database.exec(`
      CREATE TEMP TABLE seen (path TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TEMP TABLE step (number INTEGER PRIMARY KEY, value TEXT NOT NULL)`);
  }

  /** Where files grow until they are whole. */
  get parts(): string {
    return join(this.#folder, stateFolder, "parts");
  }

  get(path: string): Mirrored | undefined {
    const row = this.#sql("SELECT digest, fingerprint FROM file WHERE path = ?").get(path);
    return row && { digest: text(row["digest"]), fingerprint: text(row["fingerprint"]) };
  }

  /** Where this content is on the disk, as it was put there; undefined where it is not. */
  whereIs(digest: Digest): string | undefined {
    for (const row of this.#sql("SELECT path, fingerprint FROM file WHERE digest = ?").all(digest)) {
      const path = text(row["path"]);
      if (this.looksLike(path) === row["fingerprint"]) return path;
    }
    return undefined;
  }

  /** What the file at this path looks like now, which of a link is like nothing else; undefined where there is none. */
  looksLike(path: string): string | undefined {
    const stat = lstatSync(join(this.#folder, path), { bigint: true, throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) return "link";
    return stat?.isFile() ? fingerprintOf(stat) : undefined;
  }

  /** Whether something is at this path that was not put there, or was changed since. */
  isChanged(path: string): boolean {
    const now = this.looksLike(path);
    return now !== undefined && now !== this.get(path)?.fingerprint;
  }

  put(path: string, digest: Digest, { own = false } = {}): void {
    const fingerprint = this.looksLike(path);
    if (fingerprint === undefined) return;
    this.#save(() =>
      this.#sql("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)").run(path, digest, fingerprint, Number(own)),
    );
  }

  /** This content was found there. It is somebody's own, unless an earlier run put it there, or was about to. */
  recognise(path: string, digest: Digest): void {
    const put = this.#sql(`
      SELECT path FROM file WHERE path = ? AND digest = ? AND own = 0
      UNION ALL SELECT path FROM coming WHERE path = ? AND digest = ?`).get(path, digest, path, digest);
    this.put(path, digest, { own: put === undefined });
  }

  remove(path: string): void {
    this.#save(() => this.#sql("DELETE FROM file WHERE path = ?").run(path));
  }

  /** Writes down what is not yet. */
  commit(): void {
    if (this.#unsaved === 0) return;
    this.#unsaved = 0;
    this.#database.exec("COMMIT");
  }

  /** Begins a plan. */
  begin(): void {
    this.#database.exec("DELETE FROM seen; DELETE FROM step");
  }

  /** The catalog has a file of this path. */
  see(path: string): void {
    this.#sql("INSERT OR IGNORE INTO seen VALUES (?)").run(path);
  }

  add(step: Step): void {
    if (this.#lock && (step.do === "download" || step.do === "copy") && !isThere(step)) {
      const { path, entry } = step;
      this.#save(() => this.#sql("INSERT OR REPLACE INTO coming VALUES (?, ?)").run(path, entry.digest));
    }
    this.#sql("INSERT INTO step (value) VALUES (?)").run(JSON.stringify(step));
  }

  /** The paths of what was put here and is not in the catalog. What was here before is nobody's to delete. */
  *unseen(): Generator<string, void, undefined> {
    const sql = `
      SELECT path FROM file WHERE path > ? AND own = 0 AND path NOT IN (SELECT path FROM seen)
      ORDER BY path LIMIT 500`;
    for (let after = ""; ;) {
      const paths = this.#sql(sql)
        .all(after)
        .map(({ path }) => text(path));
      yield* paths;
      if (paths.length === 0) return;
      after = paths.at(-1) ?? "";
    }
  }

  /** The plan, in order; read a few hundred at a time, so that steps can be carried out meanwhile. */
  *steps(): Generator<Step, void, undefined> {
    for (let after = 0; ;) {
      const rows = this.#sql("SELECT number, value FROM step WHERE number > ? ORDER BY number LIMIT 200").all(after);
      for (const { value } of rows) yield Step.parse(JSON.parse(text(value)));
      const last = rows.at(-1);
      if (!last) return;
      after = Number(last["number"]);
    }
  }

  /** Takes away what grew and is of no use to the next run: all but these. */
  dropParts(keep: ReadonlySet<string>): void {
    for (const name of readdirSync(this.parts)) if (!keep.has(name)) rmSync(join(this.parts, name), { force: true });
  }

  [Symbol.dispose](): void {
    try {
      // Whatever came is written down.
      if (this.#lock) this.#save(() => this.#sql("DELETE FROM coming").run());
      this.commit();
    } catch {
      // On a full disk, say. What is not remembered is looked at again.
    }
    this.#database.close();
    this.#lock?.[Symbol.dispose]();
  }

  #save(change: () => void): void {
    if (this.#unsaved === 0) this.#database.exec("BEGIN");
    this.#unsaved++;
    change();
    if (this.#unsaved >= together) this.commit();
  }
}
