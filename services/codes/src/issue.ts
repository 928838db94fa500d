/** Issuing: the code is recorded, and the key that checks claims is kept until the code runs out. */
import { codeEvents, codes } from "@natster/contracts/codes";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { code, issueCode } from "./code.ts";
import { type Entries, secondsLeft } from "./entry.ts";
import type { Rate } from "@natster/micro/rate";

export const issue =
  (log: EventLog, open: Entries, rate: Rate): Handler<typeof codes, "issue"> =>
  async ({ caller, request, command }) => {
    const { issue: endpoint } = codes.endpoints;
    const { id, offer, gate, audience, expiresIn } = request;
    // An enrol code admits somebody to the platform, which is for its administrators to decide.
    if (offer.purpose === "enrol" && !caller.administrator) throw refuse(endpoint, "not_allowed");
    if (!rate.admits(caller.account)) throw refuse(endpoint, "too_many_codes");
    const context = {
      issuer: caller.account,
      ...(audience && { audience }),
      expires: new Date(Date.now() + expiresIn * 1_000).toISOString(),
    };
    const issued = { ...context, ...(caller.user && { device: caller.user }), offer };
    const after = await log.append(code, { code: id }, issueCode(id, issued), command);
    // Nothing is lost if this process ends here: the same command again comes as far as this, and finds what was recorded.
    const [recorded] = await log.newest(codeEvents, { code: id }, ["issued"]);
    const { expires } = recorded?.type === "issued" ? recorded.data : issued;
    const handle = offer.purpose === "enrol" ? offer.handle : undefined;
    const entry = {
      state: "open",
      purpose: offer.purpose,
      gate,
      ...(handle && { handle }),
      ...context,
      expires,
    } as const;
    const left = secondsLeft(entry);
    if (left > 0) await open.put(id, entry, after, 0, left);
    return { after, expires };
  };
