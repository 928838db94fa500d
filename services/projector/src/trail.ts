import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";

/** `natster.library.activity`: the caller's own audit trail. People ask what happened lately, so it is read backwards. */
export const trail =
  ({ activity }: Library): Handler<typeof projector, "activity"> =>
  async ({ caller, request }) => {
    await activity.caughtUp(request.after);
    return toPage(await activity.rows.newest(`${caller.account}.*`, request));
  };
