import { accounts } from "@natster/contracts/accounts";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { account, couldLockOut, limit as decide } from "./account.ts";

export const limit =
  (log: EventLog): Handler<typeof accounts, "limit"> =>
  async ({ caller, request, command }) => {
    // An administrator who cannot connect any more could not take it back.
    if (request.account === caller.account && couldLockOut(request.limits)) {
      throw refuse(accounts.endpoints.limit, "account_own");
    }
    return { after: await log.append(account, { account: request.account }, decide(request.limits), command) };
  };
