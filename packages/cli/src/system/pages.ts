/** Listings that come in pages. */

type Page<R> = { readonly rows: readonly R[]; readonly cursor?: string | undefined };

/** Every row of a listing, page after page. */
export async function* rowsOf<R, A>(
  ask: (request: A & { readonly cursor?: string }) => Promise<Page<R>>,
  request: A,
): AsyncGenerator<R, void, undefined> {
  for (let cursor: string | undefined; ;) {
    const page: Page<R> = await ask({ ...request, ...(cursor !== undefined && { cursor }) });
    yield* page.rows;
    if (page.cursor === undefined) return;
    cursor = page.cursor;
  }
}
