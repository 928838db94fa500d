import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";

export const mine =
  ({ catalogs }: Library): Handler<typeof projector, "mine"> =>
  async ({ caller, request }) => {
    await catalogs.caughtUp(request.after);
    return toPage(await catalogs.rows.page(`${caller.account}.*`, request));
  };
