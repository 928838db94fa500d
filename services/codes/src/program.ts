/** The codes service: one-time codes, issued and claimed once. */
import { codes, openCodes } from "@natster/contracts/codes";
import { defineProgram } from "@natster/micro";
import { openEventLog } from "@natster/micro/event-log";
import { openRows } from "@natster/micro/rows";
import * as z from "zod";
import { cancel } from "./cancel.ts";
import { claim } from "./claim.ts";
import { issue } from "./issue.ts";

export const program = defineProgram({
  contract: codes,
  config: z.object({}),
  async implement({ connection }) {
    const log = await openEventLog(connection, codes);
    const open = await openRows(connection, openCodes);
    return { handlers: { issue: issue(log, open), claim: claim(log, open), cancel: cancel(log, open) } };
  },
});
