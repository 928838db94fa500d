/** Publishing: the owner's statement that everybody may read a catalog is checked, and recorded. */
import { catalog as contract } from "@natster/contracts/catalog";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { readPublication } from "@natster/trust";
import { catalog, publishCatalog } from "./catalog.ts";

export const publish =
  (log: EventLog): Handler<typeof contract, "publish"> =>
  async ({ caller, request: { catalog: name, statement }, command }) => {
    const id = { owner: caller.account, catalog: name };
    const read = readPublication(statement, { ...id, now: Math.floor(Date.now() / 1000) });
    if (read.refused !== undefined) {
      throw refuse(contract.endpoints.publish, "statement_invalid", `statement: ${read.refused}`);
    }
    const { from, until } = read;
    const published = { statement, from, ...(until !== undefined && { until: new Date(until * 1_000).toISOString() }) };
    return { after: await log.append(catalog, id, publishCatalog(published), command) };
  };
