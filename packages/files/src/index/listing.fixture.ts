/** Everything that an index lists. */
import type { FileEntry } from "@natster/contracts/files";
import type { IndexView, Page, Query } from "./index-view.ts";

/** All pages of a listing. */
export function* pagesOf(index: Pick<IndexView, "page">, query: Query = {}): Generator<Page, void, undefined> {
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
