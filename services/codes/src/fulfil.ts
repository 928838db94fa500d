/** Fulfilling: the issuer leaves the sealed answer; it is in the log, and in the entry for whoever claimed the code. */
import type { codes } from "@natster/contracts/codes";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { code, fulfilCode } from "./code.ts";
import { type Entries, replaceEntry } from "./entry.ts";

export const fulfil =
  (log: EventLog, entries: Entries): Handler<typeof codes, "fulfil"> =>
  async ({ caller, request: { id, claim, answer }, command }) => {
    const decide = fulfilCode(caller.account, { claim, answer }, Date.now());
    const after = await log.append(code, { code: id }, decide, command);
    const slot = await entries.slot(id);
    // The first answer stays. Nothing is lost if this process ends here: collecting finds the answer in the log.
    if (slot.row && !(slot.row.state === "claimed" && slot.row.answer !== undefined)) {
      const { state } = await log.load(code, { code: id });
      const { issuer, purpose, expires } = slot.row;
      const entry = { state: "claimed", issuer, purpose, expires, claim, answer: state.answer ?? answer } as const;
      await replaceEntry(id, entry, slot, after, entries);
    }
    return { after };
  };
