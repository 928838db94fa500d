/** Making a catalog, where its owner has room for one more. */
import { catalog as contract } from "@natster/contracts/catalog";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { catalog, createCatalog } from "./catalog.ts";
import { hasRoomForCatalog, type Room } from "./room.ts";

export const create =
  (log: EventLog, usual: Room): Handler<typeof contract, "create"> =>
  async ({ caller, request, command }) => {
    const id = { owner: caller.account, catalog: request.catalog };
    if (!(await hasRoomForCatalog(log, usual, caller.account))) {
      throw refuse(contract.endpoints.create, "too_many_catalogs");
    }
    return { after: await log.append(catalog, id, createCatalog(request.description), command) };
  };
