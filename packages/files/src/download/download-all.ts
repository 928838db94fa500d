/** Brings many files below one folder, several at once. */
import { resolve } from "node:path";
import type { FileEntry } from "@natster/contracts/files";
import type { CatalogReader } from "../catalog-reader.ts";
import { forEachOf } from "../parallel.ts";
import { write } from "./download.ts";
import { endsAll } from "./ends-all.ts";
import { makeFoldersFor, placeOf } from "./place.ts";

/** What became of one file. */
export interface FileResult {
  readonly entry: FileEntry;
  /** Why it is not there; left out where it is. */
  readonly error?: Error;
}

/** How far a whole download is. */
export interface TotalProgress {
  /** Files that are finished, well or not. */
  readonly files: number;
  /** Bytes that came, of files under way too. */
  readonly bytes: number;
}

/** What a download of many files is told. */
export interface DownloadAllOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TotalProgress) => void;
  readonly onFile?: (result: FileResult) => void;
}

/** What became of all of them. */
export interface Downloaded {
  readonly results: readonly FileResult[];
  readonly succeeded: number;
  readonly failed: number;
  /** Bytes of the files that are there. */
  readonly bytes: number;
}

/** How many files are under way at once. They share the catalog's window. */
const atOnce = 8;

/**
 * Downloads files below a folder, each to its path. What goes wrong with one file is in its result. What goes wrong for
 * all, such as access that ends (`NobodyAnswersError`) or the signal, is thrown; files that were finished remain.
 */
export async function downloadAll(
  catalog: CatalogReader,
  entries: Iterable<FileEntry> | AsyncIterable<FileEntry>,
  folder: string,
  options: DownloadAllOptions = {},
): Promise<Downloaded> {
  const { signal, onProgress, onFile } = options;
  const root = resolve(folder);
  const results: FileResult[] = [];
  const ended = new AbortController();
  const stop = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
  let [arrived, bytes] = [0, 0];

  const one = async (entry: FileEntry): Promise<FileResult> => {
    let before = 0;
    try {
      const target = placeOf(root, entry.path);
      await makeFoldersFor(root, entry.path);
      const report = (progress: { bytes: number }) => {
        arrived += progress.bytes - before;
        before = progress.bytes;
        onProgress?.({ files: results.length, bytes: arrived });
      };
      await write(catalog, entry, target, { signal: stop, onProgress: report });
      bytes += entry.size;
      return { entry };
    } catch (error) {
      if (stop.aborted || endsAll(error)) throw error;
      arrived -= before;
      return { entry, error: error instanceof Error ? error : new Error(String(error)) };
    }
  };

  await forEachOf(entries, atOnce, async (entry) => {
    stop.throwIfAborted();
    const result = await one(entry).catch((error: unknown) => {
      ended.abort(error);
      throw stop.reason;
    });
    results.push(result);
    onFile?.(result);
    onProgress?.({ files: results.length, bytes: arrived });
  });
  const failed = results.filter(({ error }) => error).length;
  return { results, succeeded: results.length - failed, failed, bytes };
}
