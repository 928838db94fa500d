/** Expiry: a code that runs out without a claim ends, by a timer that JetStream keeps. */
import type { IdOf } from "@natster/contracts";
import { codeEvents } from "@natster/contracts/codes";
import type { Recorded } from "@natster/micro/aggregate";
import type { EventLog } from "@natster/micro/event-log";
import { setTimer } from "@natster/micro/timers";
import type { NatsConnection } from "@nats-io/nats-core";
import { code, expireCode } from "./code.ts";

type Id = IdOf<typeof codeEvents>;

/** Sets the timer of a code that was issued. */
export const watchCode =
  (connection: NatsConnection) =>
  async (id: Id, event: Recorded<typeof codeEvents>): Promise<void> => {
    if (event.type === "issued") await setTimer(connection, codeEvents, id, new Date(event.data.expires));
  };

/** Ends a code whose timer has fallen due, where nobody has claimed it. */
export const endExpired =
  (log: EventLog) =>
  async (id: Id, timer: number): Promise<void> => {
    const { state } = await log.load(code, id);
    if (!state.issuer) return;
    const caller = { account: state.issuer, newcomer: false, administrator: false };
    await log.append(code, id, expireCode(Date.now()), { id: `timer-${timer}`, name: "codes.expire", caller });
  };
