import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";
import type { Presence } from "./presence.ts";
import { shownCatalog } from "./shown.ts";

export const mine =
  ({ catalogs }: Library, presence: Presence): Handler<typeof projector, "mine"> =>
  async ({ caller, request }) => {
    await catalogs.caughtUp(request.after);
    const page = toPage(await catalogs.rows.page(`${caller.account}.*`, request));
    return { ...page, rows: await presence.seen(page.rows.map(shownCatalog)) };
  };
