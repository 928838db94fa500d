import type { catalog as contract } from "@natster/contracts/catalog";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { turnDown, shared } from "./shared.ts";

export const decline =
  (log: EventLog): Handler<typeof contract, "decline"> =>
  async ({ caller, request: { owner, catalog }, command }) => ({
    after: await log.append(shared, { owner, catalog, recipient: caller.account }, turnDown, command),
  });
