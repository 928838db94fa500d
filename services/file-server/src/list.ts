import type { FileEntry, files } from "@natster/contracts/files";
import type { FolderIndex } from "@natster/files/index";
import type { Handler } from "@natster/micro";

/** How many files a page has at the most where the reader does not say. */
const usual = 500;

/**
 * How large a page may become before its last entry. An entry has at most 4,096 characters of path, each at most six
 * bytes as JSON: a page stays far below the 1 MiB that one message may have.
 */
const pageBytes = 256 * 1024;

/** Lists files by path, in pages bounded by count and by bytes. */
export const list =
  (index: FolderIndex): Handler<typeof files, "list"> =>
  ({ request: { after, limit = usual } }) => {
    const entries: FileEntry[] = [];
    let bytes = 0;
    for (const entry of index.entriesAfter(after)) {
      if (entries.length === limit || bytes >= pageBytes) return { entries, revision: index.revision, more: true };
      entries.push(entry);
      bytes += Buffer.byteLength(JSON.stringify(entry));
    }
    return { entries, revision: index.revision, more: false };
  };
