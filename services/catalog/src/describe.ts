import type { catalog as contract } from "@natster/contracts/catalog";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { catalog, describeCatalog } from "./catalog.ts";

export const describe =
  (log: EventLog): Handler<typeof contract, "describe"> =>
  async ({ caller, request, command }) => {
    const id = { owner: caller.account, catalog: request.catalog };
    return { after: await log.append(catalog, id, describeCatalog(request.description), command) };
  };
