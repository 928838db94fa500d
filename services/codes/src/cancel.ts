/** Cancelling: a code that nobody has claimed is taken back by its issuer. */
import type { RowOf } from "@natster/contracts";
import type { codes, openCodes } from "@natster/contracts/codes";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import type { RowWriter } from "@natster/micro/rows";
import { cancelCode, code } from "./code.ts";

export const cancel =
  (log: EventLog, open: RowWriter<RowOf<typeof openCodes>>): Handler<typeof codes, "cancel"> =>
  async ({ caller, request: { id }, command }) => {
    const after = await log.append(code, { code: id }, cancelCode(caller.account), command);
    const slot = (await open.slots([id])).get(id);
    if (slot?.row) await open.put(id, undefined, after, slot.revision);
    return { after };
  };
