import { accounts } from "@natster/contracts/accounts";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { account, suspend as decide } from "./account.ts";

export const suspend =
  (log: EventLog): Handler<typeof accounts, "suspend"> =>
  async ({ caller, request, command }) => {
    // Whoever is shut out cannot resume, and there may be no other administrator.
    if (request.account === caller.account) throw refuse(accounts.endpoints.suspend, "account_own");
    return { after: await log.append(account, { account: request.account }, decide(request.reason), command) };
  };
