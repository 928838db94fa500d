/** A lock between processes that no crash leaves held: the system's own, by an open transaction. */
import { rmSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** Takes the lock that this file is, which is made where it is missing; undefined where somebody has it. */
export function tryToLock(file: string): Disposable | undefined {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    lock.close();
    if (error instanceof Error && "errcode" in error && error.errcode === 5) return undefined;
    throw error;
  }
}

/** The same, with a file that is gone when the lock is let go. Throws what the system says where none can be made. */
export function passingLock(file: string): Disposable | undefined {
  for (;;) {
    // SQLite would not say why.
    if (inode(file) === undefined) writeFileSync(file, "", { flag: "a", mode: 0o600 });
    const before = inode(file);
    const lock = tryToLock(file);
    if (!lock) return undefined;
    if (before !== undefined && inode(file) === before) {
      return {
        [Symbol.dispose]() {
          rmSync(file, { force: true });
          lock[Symbol.dispose]();
        },
      };
    }
    // Whoever had it took the file away in this very moment: this is a lock on nothing.
    lock[Symbol.dispose]();
  }
}

const inode = (file: string): bigint | undefined => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
