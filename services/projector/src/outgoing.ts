import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";
import { shownShare } from "./shown.ts";
import { stillStanding } from "./still-stands.ts";

/** `natster.library.shares`: with whom the caller shares what. */
export const outgoing =
  (library: Library): Handler<typeof projector, "shares"> =>
  async ({ caller, request }) => {
    await library.shares.caughtUp(request.after);
    const found = await library.shares.rows.page(`out.${caller.account}.${request.catalog ?? "*"}.*`, request);
    const page = toPage(found);
    return { ...page, rows: (await stillStanding(library, page.rows)).map(shownShare) };
  };
