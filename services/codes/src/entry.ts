/** Entries: what this service keeps of a code until it runs out, beside the log that decides. */
import type { CodeId, RowOf, Sequence } from "@natster/contracts";
import type { openCodes } from "@natster/contracts/codes";
import { kitRefusal } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import type { RowWriter, Slot } from "@natster/micro/rows";
import { code, type CodeState } from "./code.ts";

export type Entry = RowOf<typeof openCodes>;
export type Entries = RowWriter<Entry>;

/** An entry that has not run out, and what a writer must know to replace it. */
export interface FoundEntry {
  readonly entry: Entry;
  readonly slot: Slot<Entry>;
}

/**
 * Finds the entry of a code, or what the log says of it where there is none. A replica of the bucket may trail: what the
 * log has as open is not called unknown.
 */
export async function findEntry(
  id: CodeId,
  entries: Entries,
  log: EventLog,
): Promise<FoundEntry | { readonly entry?: undefined; readonly state: CodeState }> {
  const slot = await entries.slot(id);
  if (slot.row && Date.parse(slot.row.expires) > Date.now()) return { entry: slot.row, slot };
  const { state } = await log.load(code, { code: id });
  if (state.issuer && !state.ended && state.expires > Date.now()) throw kitRefusal("unavailable");
  return { state };
}

/**
 * Replaces an entry, with the time that it has left: whatever is written to a key forgets the time to live that it had.
 * Where another was first the log has decided, and the other wrote the same or something later.
 */
export async function replaceEntry(
  id: CodeId,
  entry: Entry,
  { revision }: Slot<Entry>,
  sequence: Sequence,
  entries: Entries,
): Promise<void> {
  const left = secondsLeft(entry);
  if (left > 0) await entries.put(id, entry, sequence, revision, left);
}

/** For how long a code, and what is kept of it, has yet to live; none where it has run out. */
export const secondsLeft = ({ expires }: Pick<Entry, "expires">): number =>
  Math.ceil((Date.parse(expires) - Date.now()) / 1_000);
