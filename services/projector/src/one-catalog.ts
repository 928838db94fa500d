import { projector } from "@natster/contracts/library";
import { type Handler, refuse } from "@natster/micro";
import type { Library } from "./library.ts";
import type { Presence } from "./presence.ts";
import { shownCatalog, shownShare } from "./shown.ts";
import { stillStanding } from "./still-stands.ts";

/** `natster.library.catalog`: whoever it is not shared with learns as little as of one that does not exist. */
export const oneCatalog =
  (library: Library, presence: Presence): Handler<typeof projector, "catalog"> =>
  async ({ caller, request: { owner, catalog, after } }) => {
    const { catalogs, shares } = library;
    await Promise.all([catalogs.caughtUp(after), shares.caughtUp(after)]);
    const [found, given] = await Promise.all([
      catalogs.rows.get(`${owner}.${catalog}`),
      shares.rows.get(`in.${caller.account}.${owner}.${catalog}`),
    ]);
    const [share] = given ? await stillStanding(library, [given.row]) : [];
    const isOpen = caller.account === owner || share !== undefined || found?.row.published !== undefined;
    if (!found || !isOpen) throw refuse(projector.endpoints.catalog, "catalog_unknown");
    const shown = shownCatalog(found.row);
    const [seen] = await presence.seen([shown]);
    const grant = share?.grant;
    return {
      ...shown,
      online: false,
      ...seen,
      ...(share && grant !== undefined && { share: { ...shownShare(share), grant } }),
    };
  };
