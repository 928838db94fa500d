/** A lock on a directory that no crash leaves behind: the operating system gives it back with the process. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeFolder } from "@natster/files/make-folder";
import * as z from "zod";

/** Another process has the directory. */
export class DirectoryInUseError extends Error {
  override readonly name = "DirectoryInUseError";
  /** The process that has it, where it has said so. */
  readonly holder: Holder | undefined;

  constructor(directory: string, holder: Holder | undefined) {
    super(`${directory} is in use${holder ? ` by process ${holder.pid}` : ""}`);
    this.holder = holder;
  }
}

/** What a process says of itself while it has a directory. */
const Holder = z.strictObject({ pid: z.int(), since: z.iso.datetime(), page: z.string().optional() });
export type Holder = z.infer<typeof Holder>;

/** A directory that this process has for itself. */
export interface Lock extends Disposable {
  /** Tells others who has it, and where its page is. */
  tell(page?: string): Promise<void>;
}

const names = { lock: "lock", holder: "running.json" } as const;
/** What SQLite says where another has the lock. */
const busy = 5;

/**
 * Takes a directory, made where it is missing. Node has no call for a file lock of its own, and SQLite, which it has,
 * keeps one for as long as a transaction is open. Throws `DirectoryInUseError`.
 */
export async function lockDirectory(directory: string): Promise<Lock> {
  makeFolder(directory, 0o700);
  const database = new DatabaseSync(join(directory, names.lock), { timeout: 0 });
  try {
    // In memory, or a crash would leave a journal beside it.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new DirectoryInUseError(directory, await readHolder(directory));
  }
  const since = new Date().toISOString();
  return {
    tell: (page) =>
      writeFile(
        join(directory, names.holder),
        JSON.stringify({ pid: process.pid, since, ...(page !== undefined && { page }) } satisfies Holder),
        { mode: 0o600 },
      ),
    [Symbol.dispose]: () => database.close(),
  };
}

/** Who has a directory at this moment; undefined where nobody has. */
export async function holderOf(directory: string): Promise<Holder | undefined> {
  if (!existsSync(join(directory, names.lock))) return undefined;
  try {
    using _free = await lockDirectory(directory);
    return undefined;
  } catch (error) {
    if (error instanceof DirectoryInUseError) return error.holder;
    throw error;
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && "errcode" in error && error.errcode === busy;

/** What the holder has said; it may be about to say it. */
async function readHolder(directory: string): Promise<Holder | undefined> {
  const text = await readFile(join(directory, names.holder), "utf8").catch(() => "");
  try {
    return Holder.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
