/** Expiry: a grant that runs out ends its share, by a timer that JetStream keeps. */
import type { IdOf } from "@natster/contracts";
import { shareEvents } from "@natster/contracts/catalog";
import type { Recorded } from "@natster/micro/aggregate";
import type { EventLog } from "@natster/micro/event-log";
import { setTimer } from "@natster/micro/timers";
import type { NatsConnection } from "@nats-io/nats-core";
import { expire, shared } from "./shared.ts";

type ShareId = IdOf<typeof shareEvents>;

/** Sets the timer of a share whose grant runs out, or moves it to where the new grant does. */
export const watchGrant =
  (connection: NatsConnection) =>
  async (id: ShareId, event: Recorded<typeof shareEvents>): Promise<void> => {
    if (event.type !== "shared" || event.data.expires === undefined) return;
    await setTimer(connection, shareEvents, id, new Date(event.data.expires));
  };

/** Ends a share whose timer has fallen due, where its grant has indeed run out. */
export const endExpired =
  (log: EventLog) =>
  async (id: ShareId, timer: number): Promise<void> => {
    const caller = { account: id.owner, newcomer: false, administrator: false };
    await log.append(shared, id, expire(Date.now()), { id: `timer-${timer}`, name: "catalog.expire", caller });
  };
