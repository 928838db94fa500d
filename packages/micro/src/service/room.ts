/** Room in the log: it never forgets, so nobody may fill it, and what takes something back must fit to the last. */
import { eventStream } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Command } from "./command.ts";
import { perMinute } from "./rate.ts";
import { kitRefusal } from "./refusal.ts";
import { streamsManager } from "../streams.ts";

/** Asked by the log before it records anything. */
export interface Room {
  /**
   * Lets a command record what was decided. Throws the refusals `too_many_requests`, where its account has had too much
   * recorded in this minute, and `log_full`, where it grows and the log has taken nine tenths of the bytes that it may.
   */
  admit(command: Command, decided: { readonly grows: boolean }): Promise<void>;
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
  // Counted apart: a device that has ever more recorded keeps nobody from taking it back.
  const [growing, takingBack] = [perMinute(most), perMinute(most)];
  let looked = Number.NEGATIVE_INFINITY;
  let known: boolean | undefined;
  let looking = Promise.resolve(false);

  const fill = async () => {
    const { state, config } = await manager.streams.info(eventStream);
    return config.max_bytes > 0 ? state.bytes / config.max_bytes : 0;
  };
  return {
    async admit({ caller, follows }, { grows }) {
      const rate = grows ? growing : takingBack;
      if (!follows && !rate.admits(caller.account)) throw kitRefusal("too_many_requests");
      if (!grows) return;
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
