/** Shares as they are listed: a page of grants would not fit into a message. */
import type { RowOf } from "@natster/contracts";
import type { Share, shares } from "@natster/contracts/library";

/** A row without the grant that it holds. */
export const withoutGrant = ({ grant: _grant, ...share }: RowOf<typeof shares>): Share => share;
