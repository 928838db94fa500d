import { projector } from "@natster/contracts/library";
import { type Handler, refuse } from "@natster/micro";
import type { Library } from "./library.ts";

export const whoami =
  ({ people }: Library): Handler<typeof projector, "whoami"> =>
  async ({ caller, request }) => {
    await people.caughtUp(request.after);
    const found = await people.rows.get(`account.${caller.account}`);
    if (!found) throw refuse(projector.endpoints.whoami, "account_unknown");
    return { ...found.row, administrator: caller.administrator };
  };
