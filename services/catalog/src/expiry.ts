/** Expiry: a grant or a publication that runs out ends what stood on it, by a timer that JetStream keeps. */
import type { IdOf } from "@natster/contracts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import type { Recorded } from "@natster/micro/aggregate";
import type { EventLog } from "@natster/micro/event-log";
import { setTimer } from "@natster/micro/timers";
import type { NatsConnection } from "@nats-io/nats-core";
import { catalog, expirePublication } from "./catalog.ts";
import { expire, shared } from "./shared.ts";

type ShareId = IdOf<typeof shareEvents>;
type CatalogId = IdOf<typeof catalogEvents>;

/** Sets the timer of a share whose grant runs out, or moves it to where the new grant does. */
export const watchGrant =
  (connection: NatsConnection) =>
  async (id: ShareId, event: Recorded<typeof shareEvents>): Promise<void> => {
    if (event.type !== "shared" || event.data.expires === undefined) return;
    await setTimer(connection, shareEvents, id, new Date(event.data.expires));
  };

/** Sets the timer of a catalog that is public for a while. */
export const watchPublication =
  (connection: NatsConnection) =>
  async (id: CatalogId, event: Recorded<typeof catalogEvents>): Promise<void> => {
    if (event.type !== "published" || event.data.until === undefined) return;
    await setTimer(connection, catalogEvents, id, new Date(event.data.until));
  };

/** Takes back a publication whose timer has fallen due, where its statement has indeed run out. */
export const endPublication =
  (log: EventLog) =>
  async (id: CatalogId, timer: number): Promise<void> => {
    const caller = { account: id.owner, newcomer: false, administrator: false };
    const command = { id: `timer-${timer}`, name: "catalog.expire", caller };
    await log.append(catalog, id, expirePublication(Date.now()), command);
  };

/** Ends a share whose timer has fallen due, where its grant has indeed run out. */
export const endExpired =
  (log: EventLog) =>
  async (id: ShareId, timer: number): Promise<void> => {
    const caller = { account: id.owner, newcomer: false, administrator: false };
    await log.append(shared, id, expire(Date.now()), { id: `timer-${timer}`, name: "catalog.expire", caller });
  };
