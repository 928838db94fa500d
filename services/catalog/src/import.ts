import type { catalog as contract } from "@natster/contracts/catalog";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { accept, shared } from "./shared.ts";

export const importShare =
  (log: EventLog): Handler<typeof contract, "import"> =>
  async ({ caller, request: { owner, catalog }, command }) => ({
    after: await log.append(shared, { owner, catalog, recipient: caller.account }, accept, command),
  });
