import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";

/** `natster.library.shares`: with whom the caller shares what. */
export const outgoing =
  ({ shares }: Library): Handler<typeof projector, "shares"> =>
  async ({ caller, request }) => {
    await shares.caughtUp(request.after);
    return toPage(await shares.rows.page(`out.${caller.account}.${request.catalog ?? "*"}.*`, request));
  };
