/** What a serving process remembers of what was taken back, in a file of its own beside its other state. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import type { AccountKey, CatalogName } from "@natster/contracts";
import * as z from "zod";

const Kept = z.strictObject({
  version: z.literal(1),
  /** The sequence of the event up to whose line the owner's trail was read. */
  heard: z.int().nonnegative(),
  /** Accounts and devices, `*` for every account; what each was given up to this second is void. */
  until: z.record(z.string(), z.int().nonnegative()),
});
export type Kept = z.infer<typeof Kept>;

/** What was taken back cannot be read any more; nothing is served that may have been taken back. */
export class KeptUnreadableError extends Error {
  override readonly name = "KeptUnreadableError";

  constructor(path: string, cause: unknown) {
    super(`${path} says from whom this catalog was taken back, and cannot be read; delete it to begin anew`, { cause });
  }
}

/** Where such files belong on this machine: it is state, and not a cache that may be emptied. */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME: named } = environment;
  const root = named !== undefined && isAbsolute(named) ? named : join(homedir(), ".local", "state");
  return join(root, "natster", "revoked");
}

/** The file of one catalog in a folder. */
export const keptFile = (folder: string, owner: AccountKey, catalog: CatalogName): string =>
  join(folder, `${owner}.${catalog}.json`);

/** Reads it; undefined where there is none. Throws `KeptUnreadableError`. */
export function readKept(path: string): Kept | undefined {
  try {
    return Kept.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new KeptUnreadableError(path, error);
  }
}

/**
 * Writes it in one step, so that a power cut leaves the one before or this one. What another process of the same
 * catalog has written there meanwhile stays: either of them may have heard first.
 */
export function writeKept(path: string, { until, ...kept }: Kept): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const all = { ...until };
  for (const [whom, second] of Object.entries(readKept(path)?.until ?? {})) {
    all[whom] = Math.max(second, all[whom] ?? 0);
  }
  const next = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = openSync(next, "wx", 0o600);
    try {
      writeSync(file, JSON.stringify({ ...kept, until: all }));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
