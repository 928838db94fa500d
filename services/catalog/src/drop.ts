import type { catalog as contract } from "@natster/contracts/catalog";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { giveUp, shared } from "./shared.ts";

export const drop =
  (log: EventLog): Handler<typeof contract, "drop"> =>
  async ({ caller, request: { owner, catalog }, command }) => ({
    after: await log.append(shared, { owner, catalog, recipient: caller.account }, giveUp, command),
  });
