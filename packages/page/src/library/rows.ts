/** Whole lists: page after page, up to a bound that no person's own list reaches. */
import type { EndpointsOf, Reply, Request } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";

type Lists = {
  [N in keyof EndpointsOf<"library">]: Reply<"library", N> extends { rows: unknown[] } ? N : never;
}[keyof EndpointsOf<"library">];
type Row<N extends Lists> = Reply<"library", N>["rows"][number];

const pageSize = 500;
const mostPages = 10;

/** All rows of a list of the library. */
export async function allRows<N extends "mine" | "shared" | "inbox" | "shares" | "devices">(
  engine: EngineClient,
  endpoint: N,
): Promise<Row<N>[]> {
  const rows: Row<N>[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const request = { limit: pageSize, ...(cursor !== undefined && { cursor }) } as Request<"library", N>;
    const reply: { rows: Row<N>[]; cursor?: string | undefined } = await engine.ask("library", endpoint, request);
    rows.push(...reply.rows);
    cursor = reply.cursor;
    if (cursor === undefined) break;
  }
  return rows;
}
