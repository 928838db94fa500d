import { projector } from "@natster/contracts/library";
import { type Handler, refuse } from "@natster/micro";
import type { Library } from "./library.ts";

export const person =
  ({ people }: Library): Handler<typeof projector, "person"> =>
  async ({ request }) => {
    await people.caughtUp(request.after);
    const found = await people.rows.get(
      "handle" in request ? `handle.${request.handle}` : `account.${request.account}`,
    );
    if (!found) throw refuse(projector.endpoints.person, "person_unknown");
    return found.row;
  };
