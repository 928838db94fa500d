/** Rows as they are shown: without what only this service needs. */
import type { RowOf } from "@natster/contracts";
import type { Catalog, catalogs, Share, shares } from "@natster/contracts/library";

/** A page of grants would not fit into a message. */
export const shownShare = ({ grant: _grant, offered: _offered, ...share }: RowOf<typeof shares>): Share => share;

export const shownCatalog = ({ created: _created, ...catalog }: RowOf<typeof catalogs>): Catalog => catalog;
