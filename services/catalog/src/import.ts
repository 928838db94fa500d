/** Accepting: what was offered with a grant, or what everybody may read. */
import { catalog as contract, shareEvents } from "@natster/contracts/catalog";
import { following, type Handler, isRefusal, refuse } from "@natster/micro";
import { type EventLog, part } from "@natster/micro/event-log";
import { admitsEverybody, catalog as aCatalog, isPublic, standing } from "./catalog.ts";
import { hasRoomForImport, type Room } from "./room.ts";
import { accept, acceptPublic, endPublic, shared } from "./shared.ts";

export const importShare =
  (log: EventLog, usual: Room): Handler<typeof contract, "import"> =>
  async ({ caller, request: { owner, catalog }, command }) => {
    const id = { owner, catalog };
    const share = { ...id, recipient: caller.account };
    const [{ state: before }, there] = await Promise.all([log.load(shared, share), standing(log, id)]);
    if (before.standing !== "imported" && !(await hasRoomForImport(log, usual, caller.account))) {
      throw refuse(contract.endpoints.import, "too_many_imports");
    }
    const after = await log.append(shared, share, accept(there), command).catch((error: unknown) => {
      if (!isRefusal(error, "share_unknown") || caller.account === owner) throw error;
      return log.appendAll([part(aCatalog, id, admitsEverybody), part(shared, share, acceptPublic(there))], command);
    });
    // Whoever withdraws the catalog ends the imports that it finds; this one, or what it repeats, may have come a moment
    // later.
    const [imported] = await log.newest(shareEvents, share, ["imported"]);
    const isByGrant = imported?.type === "imported" && !imported.data.public;
    if (isByGrant || (await isPublic(log, id))) return { after };
    return { after: await log.append(shared, share, endPublic("unpublished"), following(command, "end")) };
  };
