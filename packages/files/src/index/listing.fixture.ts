/** Everything that an index lists, and what one would list that is made now. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileEntry } from "@natster/contracts/files";
import { IndexView, type Page, type Query } from "./index-view.ts";
import { Indexer } from "./indexer.ts";
import type { ScanReport } from "./scan.ts";

/** All pages of a listing. */
function* pagesOf(index: Pick<IndexView, "page">, query: Query = {}): Generator<Page, void, undefined> {
  for (let after = query.after; ;) {
    const page = index.page({ ...query, ...(after !== undefined && { after }) });
    yield page;
    after = page.next;
    if (after === undefined) return;
  }
}

/** All files of a listing. */
export const entriesOf = (index: Pick<IndexView, "page">, query: Query = {}): FileEntry[] =>
  [...pagesOf(index, query)].flatMap(({ entries }) => entries);

/** An index in this thread, which spares the start of others. */
export interface IndexHere extends AsyncDisposable {
  readonly view: IndexView;
  rescan(): Promise<ScanReport>;
  look(paths: readonly string[]): Promise<boolean>;
}

export async function indexHere(root: string): Promise<IndexHere> {
  const folder = await mkdtemp(join(tmpdir(), "natster-index-"));
  const database = join(folder, "index.sqlite");
  const events = { onRevision: () => {}, onProgress: () => {}, onTrouble: () => {} };
  const indexer = new Indexer({ root, database, dotfiles: false, hashers: 1 }, events);
  await indexer.rescan();
  const view = new IndexView(root, database);
  return {
    view,
    rescan: () => indexer.rescan(),
    look: (paths) => indexer.look(paths),
    async [Symbol.asyncDispose]() {
      view[Symbol.dispose]();
      await indexer[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** All that a fresh index lists: files, and every folder with its sums. */
export async function freshListing(root: string): Promise<unknown> {
  await using fresh = await indexHere(root);
  return listingOf(fresh.view);
}

/** All that an index lists, but for revisions, which each index counts for itself. */
export function listingOf(index: Pick<IndexView, "page">): unknown {
  const folders: object[] = [];
  const visit = (query: Query) => {
    for (const page of pagesOf(index, { ...query, shallow: true })) {
      for (const { revision: _, ...folder } of page.folders) {
        folders.push(folder);
        visit({ folder: folder.path });
      }
    }
  };
  visit({});
  return { folders, files: entriesOf(index) };
}
