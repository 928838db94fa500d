import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";

/** `natster.library.codes`: the codes that the caller's account issued. */
export const ownCodes =
  ({ codes }: Library): Handler<typeof projector, "codes"> =>
  async ({ caller, request }) => {
    await codes.caughtUp(request.after);
    return toPage(await codes.rows.page(`${caller.account}.*`, request));
  };
