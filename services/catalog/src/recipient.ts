/** Whether somebody exists to share with: all that this service knows of accounts. */
import type { AccountKey } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import type { Recorded } from "@natster/micro/aggregate";
import type { EventLog } from "@natster/micro/event-log";

/** Looks at two events, however much has happened to the account: sharing gets no dearer with its devices. */
export const exists = async (log: Pick<EventLog, "newest">, account: AccountKey): Promise<boolean> =>
  isOpen(await log.newest(accountEvents, { account }, ["registered", "closed"]));

/** Whether these, the last of their types, leave an account open. One that was closed may be registered no more. */
export const isOpen = (events: readonly Pick<Recorded<typeof accountEvents>, "type">[]): boolean =>
  events.some(({ type }) => type === "registered") && !events.some(({ type }) => type === "closed");
