/** Cancelling: a code that nobody has claimed is taken back by its issuer. */
import type { codes } from "@natster/contracts/codes";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { cancelCode, code } from "./code.ts";
import type { Entries } from "./entry.ts";

export const cancel =
  (log: EventLog, entries: Entries): Handler<typeof codes, "cancel"> =>
  async ({ caller, request: { id }, command }) => {
    const after = await log.append(code, { code: id }, cancelCode(caller.account), command);
    const slot = await entries.slot(id);
    if (slot.row) await entries.put(id, undefined, after, slot.revision);
    return { after };
  };
