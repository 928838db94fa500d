import { accountEvents } from "@natster/contracts/accounts";
import { projector } from "@natster/contracts/library";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import type { Library } from "./library.ts";

/**
 * `natster.library.whoami`: the caller's account. nats-server lets an account in as soon as its JWT is there, which may
 * be before its row is: whoever has just registered waits for it, and need not know how far the log was then.
 */
export const whoami =
  ({ people }: Pick<Library, "people">, log: Pick<EventLog, "newest">): Handler<typeof projector, "whoami"> =>
  async ({ caller: { account, administrator }, request }) => {
    const row = async () => (await people.rows.get(`account.${account}`))?.row;
    await people.caughtUp(request.after);
    let found = await row();
    if (!found) {
      const [registered] = await log.newest(accountEvents, { account }, ["registered"]);
      await people.caughtUp(registered?.sequence);
      found = await row();
    }
    if (!found) throw refuse(projector.endpoints.whoami, "account_unknown");
    return { ...found, administrator };
  };
