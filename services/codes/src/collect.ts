/** Collecting: whoever claimed a code fetches the answer, as often as need be until the code has run out. */
import type { CodeId } from "@natster/contracts";
import { codes } from "@natster/contracts/codes";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { code } from "./code.ts";
import { type Entries, findEntry } from "./entry.ts";

export const collect =
  (log: EventLog, entries: Entries): Handler<typeof codes, "collect"> =>
  async ({ request: { id, claim } }) => {
    const { collect: endpoint } = codes.endpoints;
    const { entry } = await findEntry(id, entries, log);
    if (!entry) throw refuse(endpoint, "code_unknown");
    const so = entry.state === "claimed" && entry.answer !== undefined ? entry : await recorded(id, log);
    if (so.claim === undefined) throw refuse(endpoint, "not_claimed");
    // Nobody but the claimant could read it; nobody else need have it.
    if (so.claim !== claim) throw refuse(endpoint, "claim_other");
    if (entry.purpose === "enrol") return { state: "none" };
    if (so.answer === undefined) return { state: "waiting", expires: entry.expires };
    return { state: "answered", answer: so.answer };
  };

/** The entry follows the log, and a process may have ended between the two. */
const recorded = async (id: CodeId, log: EventLog) => (await log.load(code, { code: id })).state;
