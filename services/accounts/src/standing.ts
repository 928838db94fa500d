/** How an account stands: for its owner, whose devices nats-server lets in no more without saying why. */
import { accounts } from "@natster/contracts/accounts";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { readRegistration } from "@natster/trust";
import { account } from "./account.ts";

export const standing =
  (log: EventLog): Handler<typeof accounts, "standing"> =>
  async ({ request }) => {
    const claims = readRegistration(request.claims, { now: Math.floor(Date.now() / 1000) });
    if (claims.refused !== undefined)
      throw refuse(accounts.endpoints.standing, "claims_invalid", `claims: ${claims.refused}`);
    const { status, reason } = (await log.load(account, { account: claims.account })).state;
    return { status, ...(status === "suspended" && reason !== undefined && { reason }) };
  };
