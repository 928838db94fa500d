import type { accounts } from "@natster/contracts/accounts";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { account, limit as decide } from "./account.ts";

export const limit =
  (log: EventLog): Handler<typeof accounts, "limit"> =>
  async ({ request, command }) => ({
    after: await log.append(account, { account: request.account }, decide(request.limits), command),
  });
