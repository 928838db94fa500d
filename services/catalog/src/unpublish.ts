import type { catalog as contract } from "@natster/contracts/catalog";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { catalog, unpublishCatalog } from "./catalog.ts";

export const unpublish =
  (log: EventLog): Handler<typeof contract, "unpublish"> =>
  async ({ caller, request, command }) => {
    const id = { owner: caller.account, catalog: request.catalog };
    return { after: await log.append(catalog, id, unpublishCatalog, command) };
  };
