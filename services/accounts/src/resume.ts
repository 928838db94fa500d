import type { accounts } from "@natster/contracts/accounts";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { account, resume as decide } from "./account.ts";

export const resume =
  (log: EventLog): Handler<typeof accounts, "resume"> =>
  async ({ request, command }) => ({
    after: await log.append(account, { account: request.account }, decide, command),
  });
