/** Compares a folder with its index: what is new or changed, and what is gone. */
import { join } from "node:path";
import { Digest } from "@natster/contracts";
import type { FilePath } from "@natster/contracts/files";
import { forEachOf } from "../parallel.ts";
import type { Entries, IndexedFile } from "./entries.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Hashed } from "./hash-file.ts";
import type { HashPool } from "./hash-pool.ts";
import { type Omission, type OmissionReason, Omissions } from "./omission.ts";
import { type Found, walk } from "./walk.ts";

/** What a scan found. */
export interface ScanReport {
  readonly revision: number;
  /** Whether a reader sees a difference. */
  readonly changed: boolean;
  readonly files: number;
  /** How many of them were hashed this time. */
  readonly hashed: number;
  /** How much was left out, by reason. */
  readonly omitted: Readonly<Partial<Record<OmissionReason, number>>>;
  /** The first hundred of these. */
  readonly examples: readonly Omission[];
}

interface Difference extends Pick<ScanReport, "hashed" | "omitted" | "examples"> {
  readonly put: readonly IndexedFile[];
  readonly removed: readonly FilePath[];
}

interface Scanned {
  readonly root: string;
  readonly dotfiles: boolean;
  readonly entries: Entries;
  readonly pool: HashPool;
}

/** Walks the folder, hashes what looks different from the index, and changes nothing yet. */
export async function scan({ root, dotfiles, entries, pool }: Scanned): Promise<Difference> {
  const omissions = new Omissions();
  const put: IndexedFile[] = [];
  const kept = new Set<IndexedFile>();
  const look = async ({ path, at, stat }: Found) => {
    const known = entries.get(path);
    if (known?.at === at && known.fingerprint === fingerprintOf(stat)) {
      kept.add(known);
      return;
    }
    const outcome = await pool.hash(join(root, at));
    if (outcome.ok) put.push(indexed(path, at, outcome.hashed));
    else omissions.add({ path, reason: outcome.reason, ...(outcome.code !== undefined && { code: outcome.code }) });
  };
  // Two for each thread: one at work, one ready.
  await forEachOf(walk({ root, dotfiles, omit: (each) => omissions.add(each) }), pool.size * 2, look);

  const replaced = new Set(put.map(({ entry }) => entry.path));
  const removed: FilePath[] = [];
  for (const file of entries.values()) {
    if (!kept.has(file) && !replaced.has(file.entry.path)) removed.push(file.entry.path);
  }
  return { put, removed, hashed: put.length, omitted: omissions.counts, examples: omissions.examples };
}

/** A file of the index, from what hashing it told. */
export const indexed = (
  path: FilePath,
  at: string,
  { digest, type, size, modified, fingerprint }: Hashed,
): IndexedFile => ({
  // A path without links is the same string twice; kept once, since there may be a million.
  at: at === path ? path : at,
  fingerprint,
  entry: { path, size, modified, type, digest: Digest.parse(digest) },
});
