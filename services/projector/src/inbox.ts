import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";

export const inbox =
  ({ shares }: Library): Handler<typeof projector, "inbox"> =>
  async ({ caller, request }) => {
    await shares.caughtUp(request.after);
    const page = await shares.rows.page(`in.${caller.account}.*.*`, request);
    return toPage(page, ({ state }) => state === "offered");
  };
