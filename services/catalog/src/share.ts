/** Sharing: an owner's grant for one account is checked as nats-server will check it, and recorded. */
import { catalog as contract } from "@natster/contracts/catalog";
import { following, type Handler, isRefusal, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { readGrant } from "@natster/trust";
import { admitGrant, standing } from "./catalog.ts";
import { exists } from "./recipient.ts";
import { end, endOfAnother, offer, shared } from "./shared.ts";

export const share =
  (log: EventLog): Handler<typeof contract, "share"> =>
  async ({ caller, request, command }) => {
    const { share: endpoint } = contract.endpoints;
    const id = { owner: caller.account, catalog: request.catalog };
    const now = Math.floor(Date.now() / 1000);
    const grant = readGrant(request.grant, { ...id, now });
    if (grant.refused === "recipient_self") throw refuse(endpoint, "recipient_self");
    if (grant.refused !== undefined) throw refuse(endpoint, "grant_invalid", `grant: ${grant.refused}`);
    if (!(await exists(log, grant.recipient))) throw refuse(endpoint, "recipient_unknown");
    const there = await standing(log, id);
    const offered = {
      grant: request.grant,
      issuedAt: grant.issuedAt,
      ...(grant.expires !== undefined && { expires: new Date(grant.expires * 1000).toISOString() }),
    };
    const share = { ...id, recipient: grant.recipient };
    let after: number;
    try {
      admitGrant(there, grant.issuedAt);
      after = await log.append(shared, share, offer(offered, there, request), command);
    } catch (error) {
      // What has yet to be taken back of an older catalog is taken back now, so that a later grant will stand.
      if (isRefusal(error, "grant_outdated"))
        await log.append(shared, share, endOfAnother(there), following(command, "other"));
      throw error;
    }
    // Whoever gives up the catalog, or closes the account, ends the shares that it finds; this one may have come a moment
    // later, and another catalog may have its name by then.
    const [{ exists: stands, since }, isThere] = await Promise.all([standing(log, id), exists(log, grant.recipient)]);
    const isSame = since === there.since;
    if (isSame && isThere) return { after };
    await log.append(shared, share, end(isSame ? "closed" : "retired", after), following(command, "end"));
    throw refuse(endpoint, isSame ? "recipient_unknown" : stands ? "grant_outdated" : "catalog_unknown");
  };
