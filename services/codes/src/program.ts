/** The codes service: one-time codes, issued and claimed once. */
import { codeEvents, codes, openCodes } from "@natster/contracts/codes";
import { dueCodes, issuedCodes } from "@natster/contracts/platform";
import { defineProgram } from "@natster/micro";
import { openEventLog } from "@natster/micro/event-log";
import { runReaction } from "@natster/micro/reaction";
import { openRows } from "@natster/micro/rows";
import { runTimers } from "@natster/micro/timers";
import * as z from "zod";
import { cancel } from "./cancel.ts";
import { claim } from "./claim.ts";
import { endExpired, watchCode } from "./expiry.ts";
import { issue } from "./issue.ts";

export const program = defineProgram({
  contract: codes,
  config: z.object({}),
  async implement({ connection, log: logger, closing }) {
    const log = await openEventLog(connection, codes);
    closing.use(await runReaction(issuedCodes, codeEvents, { connection, log: logger }, watchCode(connection)));
    closing.use(await runTimers(dueCodes, { connection, log: logger }, endExpired(log)));
    const open = await openRows(connection, openCodes);
    return { handlers: { issue: issue(log, open), claim: claim(log, open), cancel: cancel(log, open) } };
  },
});
