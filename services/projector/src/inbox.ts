import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";
import type { Presence } from "./presence.ts";
import { shownShare } from "./shown.ts";
import { stillStanding } from "./still-stands.ts";

export const inbox =
  (library: Library, presence: Presence): Handler<typeof projector, "inbox"> =>
  async ({ caller, request }) => {
    await library.shares.caughtUp(request.after);
    const found = await library.shares.rows.page(`in.${caller.account}.*.*`, request);
    const page = toPage(found, ({ state }) => state === "offered");
    const rows = await stillStanding(library, page.rows);
    return { ...page, rows: await presence.seen(rows.map(shownShare)) };
  };
