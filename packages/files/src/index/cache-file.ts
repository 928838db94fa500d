/** Where an index is kept between two runs, and who may write to it. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { tryToLock } from "../file-lock.ts";

/** A file that is this process's alone until it is let go, or the process ends in whatever way. */
export interface CacheFile extends Disposable {
  readonly path: string;
}

/** Where caches belong on this machine. */
export const cacheFolder = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "natster", "index");

/**
 * A cache for this root in a folder; the second process that serves the same root gets a second one, which begins with
 * what the first knows.
 */
export function claimCache(folder: string, root: string): CacheFile {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(root).digest("hex").slice(0, 32);
  const first = join(folder, `${name}.sqlite`);
  for (let slot = 0; ; slot++) {
    const path = join(folder, slot === 0 ? name : `${name}-${slot}`);
    const lock = tryToLock(`${path}.lock`);
    if (!lock) continue;
    const own = `${path}.sqlite`;
    if (!existsSync(own) && existsSync(first)) copyCache(first, own);
    return { path: own, ...lock };
  }
}

/** Copies what another process may be writing to. What cannot be copied is found out again. */
function copyCache(from: string, to: string): void {
  const passing = `${to}.new`;
  rmSync(passing, { force: true });
  try {
    using source = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
    source.prepare("VACUUM INTO ?").run(passing);
    renameSync(passing, to);
  } catch {
    rmSync(passing, { force: true });
  }
}

/** A cache that is gone at the end. */
export function passingCache(): CacheFile {
  const folder = mkdtempSync(join(tmpdir(), "natster-index-"));
  return {
    path: join(folder, "index.sqlite"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
