import { projector } from "@natster/contracts/library";
import { type Handler, refuse } from "@natster/micro";
import type { Library } from "./library.ts";
import type { Presence } from "./presence.ts";

/** `natster.library.catalog`: whoever it is not shared with learns as little as of one that does not exist. */
export const oneCatalog =
  ({ catalogs, shares }: Library, presence: Presence): Handler<typeof projector, "catalog"> =>
  async ({ caller, request: { owner, catalog, after } }) => {
    await Promise.all([catalogs.caughtUp(after), shares.caughtUp(after)]);
    const [found, share] = await Promise.all([
      catalogs.rows.get(`${owner}.${catalog}`),
      shares.rows.get(`in.${caller.account}.${owner}.${catalog}`),
    ]);
    const isOpen = caller.account === owner || share !== undefined || found?.row.published !== undefined;
    if (!found || !isOpen) throw refuse(projector.endpoints.catalog, "catalog_unknown");
    const [seen] = await presence.seen([found.row]);
    const grant = share?.row.grant;
    return {
      ...found.row,
      online: false,
      ...seen,
      ...(share && grant !== undefined && { share: { ...share.row, grant } }),
    };
  };
