/** Room in the log: it never forgets, so nobody may fill it, and what takes something back must fit to the last. */
import type { AccountKey } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import { perMinute } from "./rate.ts";
import { kitRefusal } from "./refusal.ts";
import { streamsManager } from "../streams.ts";

export interface Room {
  /**
   * Lets an account record more. Throws the refusals `too_many_requests`, where it has done so too often in this minute,
   * and `log_full`, where the log has taken nine tenths of the bytes that it may.
   */
  admit(account: AccountKey): Promise<void>;
  /** Which part of the bytes that it may take the log has taken, from 0 to 1; 0 where nothing limits it. */
  fill(): Promise<number>;
}

/** From which part of its bytes on the log takes only what takes something back. */
const nearlyFull = 0.9;
/** For how long what is known of the log is believed, in milliseconds: it fills by a few megabytes meanwhile at most. */
const believed = 1_000;

/** Watches over the log; each account may record so often in a minute, newcomers all together. */
export async function openRoom(connection: NatsConnection, most: number): Promise<Room> {
  const manager = await streamsManager(connection);
  const rate = perMinute(most);
  let looked = Number.NEGATIVE_INFINITY;
  let known: boolean | undefined;
  let looking = Promise.resolve(false);

  const fill = async () => {
    const { state, config } = await manager.streams.info(eventStream);
    return config.max_bytes > 0 ? state.bytes / config.max_bytes : 0;
  };
  return {
    async admit(account) {
      if (!rate.admits(account)) throw kitRefusal("too_many_requests");
      if (performance.now() - looked > believed) {
        looked = performance.now();
        looking = fill().then((part) => (known = part >= nearlyFull));
        // The next one looks again; only who knows nothing yet is told.
        looking.catch(() => (looked = Number.NEGATIVE_INFINITY));
      }
      // What is known holds while it is looked up anew: in a cluster that looks for a leader everybody would wait for it.
      if (known ?? (await looking))
        throw kitRefusal("log_full", { message: "the log is nearly full: things can only be taken back" });
    },
    fill,
  };
}
