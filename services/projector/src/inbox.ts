import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";
import type { Presence } from "./presence.ts";
import { withoutGrant } from "./without-grant.ts";

export const inbox =
  ({ shares }: Library, presence: Presence): Handler<typeof projector, "inbox"> =>
  async ({ caller, request }) => {
    await shares.caughtUp(request.after);
    const found = await shares.rows.page(`in.${caller.account}.*.*`, request);
    const page = toPage(found, ({ state }) => state === "offered");
    return { ...page, rows: await presence.seen(page.rows.map(withoutGrant)) };
  };
