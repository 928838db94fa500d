import type { catalog as contract } from "@natster/contracts/catalog";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { shared, takeBack } from "./shared.ts";

export const unshare =
  (log: EventLog): Handler<typeof contract, "unshare"> =>
  async ({ caller, request: { catalog, recipient }, command }) => ({
    after: await log.append(shared, { owner: caller.account, catalog, recipient }, takeBack, command),
  });
