/** Room: how many catalogs an account may have of its own, and how many of others. */
import type { AccountKey } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import type { EventLog } from "@natster/micro/event-log";
import { shared } from "./shared.ts";

/** What is usual; an account may have other limits. -1 is no limit. */
export interface Room {
  readonly catalogs: number;
  readonly imports: number;
}

/** Whether an account may make one more catalog. Two that are made at the same moment may both find the same room. */
export async function hasRoomForCatalog(log: EventLog, usual: Room, owner: AccountKey): Promise<boolean> {
  const most = await limitOf(log, usual, owner, "catalogs");
  if (most < 0) return true;
  // A catalog is made where there is none and given up where there is one: the difference is what is there.
  const [made, givenUp] = await Promise.all([
    log.count(catalogEvents, "created", { owner }),
    log.count(catalogEvents, "retired", { owner }),
  ]);
  return made - givenUp < most;
}

/** Whether an account may accept one more catalog. */
export async function hasRoomForImport(log: EventLog, usual: Room, account: AccountKey): Promise<boolean> {
  const most = await limitOf(log, usual, account, "imports");
  // Who never accepted that many has room, whatever became of them.
  if (most < 0 || (await log.count(shareEvents, "imported", { recipient: account })) < most) return true;
  let standing = 0;
  for await (const id of log.aggregates(shareEvents, "imported", { recipient: account })) {
    if ((await log.load(shared, id)).state.standing === "imported") standing += 1;
  }
  return standing < most;
}

async function limitOf(log: EventLog, usual: Room, account: AccountKey, of: keyof Room): Promise<number> {
  const [limited] = await log.newest(accountEvents, { account }, ["limited"]);
  return (limited?.type === "limited" ? limited.data.limits[of] : undefined) ?? usual[of];
}
