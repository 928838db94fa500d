/**
 * Shares of a catalog that was given up end one after another, a moment later. Until then they are no shares any more,
 * least of all of another catalog that has the name since.
 */
import type { RowOf } from "@natster/contracts";
import type { shares } from "@natster/contracts/library";
import { emptySlot } from "@natster/micro/rows";
import type { Library } from "./library.ts";

type ShareRow = RowOf<typeof shares>;

/**
 * Those of some shares that stand on the catalog that has the name. The two read models may be at different places of the
 * log: what the one does not know of yet speaks against nothing.
 */
export async function stillStanding({ catalogs }: Library, rows: readonly ShareRow[]): Promise<ShareRow[]> {
  const keyOf = ({ owner, catalog }: ShareRow) => `${owner}.${catalog}`;
  const found = await catalogs.rows.slots([...new Set(rows.map(keyOf))]);
  return rows.filter((share) => {
    // Where no catalog is, the slot knows where it ended.
    const { row, sequence } = found.get(keyOf(share)) ?? emptySlot;
    return (row?.created ?? sequence) <= share.offered;
  });
}
