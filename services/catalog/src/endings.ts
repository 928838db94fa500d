/** Endings: what stood on a catalog or an account ends with it, share by share. */
import type { AccountKey, EventsContract, IdOf } from "@natster/contracts";
import type { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { isRefusal } from "@natster/micro";
import type { Recorded } from "@natster/micro/aggregate";
import type { EventLog } from "@natster/micro/event-log";
import { catalog, retireCatalog } from "./catalog.ts";
import { end, endPublic, shared } from "./shared.ts";

type ShareId = IdOf<typeof shareEvents>;

/** Ends every share of a catalog that was retired. */
export const endShares =
  (log: EventLog) =>
  async (id: IdOf<typeof catalogEvents>, event: Recorded<typeof catalogEvents>): Promise<void> => {
    if (event.type !== "retired") return;
    // The catalog may have been made anew meanwhile: what was shared after this event is of the new one.
    const old = { ...id, before: event.sequence };
    await endEach(log, old, event.data.reason === "closed" ? "closed" : "retired", event);
  };

/** Takes a catalog that was public from everybody who had it without a grant. */
export const endPublicImports =
  (log: EventLog) =>
  async (id: IdOf<typeof catalogEvents>, event: Recorded<typeof catalogEvents>): Promise<void> => {
    if (event.type !== "unpublished") return;
    for await (const share of log.aggregates(shareEvents, "imported", id)) {
      // It may have been published anew meanwhile: who came after this event came by the new statement.
      const decide = endPublic("unpublished", event.sequence);
      await log.append(shared, share, decide, because(event, id.owner, share.recipient));
    }
  };

/** Retires every catalog of an account that was closed, and ends what others had shared with it. */
export const endAccount =
  (log: EventLog) =>
  async ({ account }: IdOf<typeof accountEvents>, event: Recorded<typeof accountEvents>): Promise<void> => {
    for await (const id of log.aggregates(catalogEvents, "created", { owner: account })) {
      await log
        .append(catalog, id, retireCatalog("closed"), because(event, account, id.catalog))
        .catch(unlessRefused("catalog_unknown"));
    }
    await endEach(log, { recipient: account }, "closed", event);
  };

async function endEach(
  log: EventLog,
  { before, ...known }: Partial<ShareId> & { before?: number },
  reason: "retired" | "closed",
  event: Recorded<EventsContract>,
): Promise<void> {
  // What was public is imported without ever having been shared.
  for (const type of ["shared", "imported"] as const) {
    for await (const id of log.aggregates(shareEvents, type, known)) {
      const name = `${id.owner}.${id.catalog}.${id.recipient}`;
      await log.append(shared, id, end(reason, before), because(event, id.owner, name));
    }
  }
}

/** What follows from an event is a command named after it, so that it is done once however often it is told. */
const because = (event: Recorded<EventsContract>, account: AccountKey, what: string) => ({
  id: `${event.sequence}-${what}`,
  name: "catalog.end",
  caller: { account, newcomer: false, administrator: false },
  follows: true as const,
});

const unlessRefused = (reason: string) => (error: unknown) => {
  if (!isRefusal(error, reason)) throw error;
};
