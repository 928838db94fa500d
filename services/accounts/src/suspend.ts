import type { accounts } from "@natster/contracts/accounts";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { account, suspend as decide } from "./account.ts";

export const suspend =
  (log: EventLog): Handler<typeof accounts, "suspend"> =>
  async ({ request, command }) => ({
    after: await log.append(account, { account: request.account }, decide(request.reason), command),
  });
