import type { catalog as contract } from "@natster/contracts/catalog";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { catalog, retireCatalog } from "./catalog.ts";

export const retire =
  (log: EventLog): Handler<typeof contract, "retire"> =>
  async ({ caller, request, command }) => ({
    after: await log.append(
      catalog,
      { owner: caller.account, catalog: request.catalog },
      retireCatalog("owner"),
      command,
    ),
  });
