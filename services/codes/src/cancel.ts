/** Cancelling: a code that nobody has claimed is taken back by its issuer. */
import type { codes } from "@natster/contracts/codes";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { cancelCode, code } from "./code.ts";
import { type Entries, secondsLeft } from "./entry.ts";

export const cancel =
  (log: EventLog, entries: Entries): Handler<typeof codes, "cancel"> =>
  async ({ caller, request: { id }, command }) => {
    const after = await log.append(code, { code: id }, cancelCode(caller.account), command);
    const { row, revision } = await entries.slot(id);
    const left = row ? secondsLeft(row) : 0;
    // The mark runs out as the entry would have, or every code that was ever cancelled would leave one.
    if (left > 0) await entries.put(id, undefined, after, revision, left);
    return { after };
  };
