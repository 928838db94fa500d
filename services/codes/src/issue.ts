/** Issuing: the code is recorded, and the key that checks claims is kept until the code runs out. */
import type { RowOf } from "@natster/contracts";
import { codes, type openCodes } from "@natster/contracts/codes";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import type { RowWriter } from "@natster/micro/rows";
import { code, issueCode } from "./code.ts";

export const issue =
  (log: EventLog, open: RowWriter<RowOf<typeof openCodes>>): Handler<typeof codes, "issue"> =>
  async ({ caller, request, command }) => {
    // An enrol code admits somebody to the platform, which is for its administrators to decide.
    if (!caller.administrator) throw refuse(codes.endpoints.issue, "not_allowed");
    const { id, purpose, gate, handle, expiresIn } = request;
    const expires = new Date(Date.now() + expiresIn * 1_000).toISOString();
    const issued = { issuer: caller.account, purpose, expires, ...(handle && { handle }) };
    const after = await log.append(code, { code: id }, issueCode(issued), command);
    // Nothing is lost if this process ends here: the same command again comes as far as this.
    await open.put(id, { issuer: caller.account, purpose, gate, expires }, after, 0, expiresIn);
    return { after, expires };
  };
