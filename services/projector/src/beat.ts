import { projector } from "@natster/contracts/library";
import { type Handler, refuse } from "@natster/micro";
import type { Library } from "./library.ts";
import type { Presence } from "./presence.ts";

/** `natster.presence.beat`: it counts only for a catalog of the caller's own. */
export const beat =
  ({ catalogs }: Library, presence: Presence): Handler<typeof projector, "beat"> =>
  async ({ caller, request: { leaving, ...said } }) => {
    const beat = { ...said, owner: caller.account };
    if (leaving) {
      await presence.leave(beat);
      return {};
    }
    const found = await catalogs.rows.get(`${beat.owner}.${beat.catalog}`);
    if (!found) throw refuse(projector.endpoints.beat, "catalog_unknown");
    await presence.beat(beat);
    return {};
  };
