/** Reactions: what a service does because of an event, once for each, however often it is delivered. */
import type { EventsContract, IdOf } from "@natster/contracts";
import type { DurableContract } from "@natster/contracts/platform";
import type { JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Recorded } from "./aggregate.ts";
import { openDurable } from "./durable.ts";
import { readEvent, UnreadableEventError } from "./event.ts";
import type { Logger } from "./log.ts";

/** How a reaction runs. */
export interface ReactionOptions {
  readonly connection: NatsConnection;
  readonly log: Logger;
}

/**
 * Calls `react` with each event of a durable, one after another, and acknowledges it when it has returned. What throws
 * is delivered again after a while, so `react` must be idempotent by the event. An event that cannot be read is logged
 * and left behind: nobody could ever react to it.
 */
export async function runReaction<E extends EventsContract>(
  contract: DurableContract,
  events: E,
  { connection, log }: ReactionOptions,
  react: (id: IdOf<E>, event: Recorded<E>) => Promise<void>,
): Promise<AsyncDisposable> {
  const durable = await openDurable(connection, contract.name);
  let stopping = false;

  /** Reacts to one event; never rejects. */
  async function take(message: JsMsg): Promise<void> {
    try {
      const { id, event } = readEvent(events, message);
      await react(id, event);
      message.ack();
    } catch (error) {
      // What is not acknowledged comes again, to whoever is connected then.
      if (connection.isClosed()) return;
      const unreadable = error instanceof UnreadableEventError;
      log.error(
        { err: error, reaction: contract.name, sequence: message.seq },
        unreadable ? "left behind" : "failed, will try again",
      );
      if (unreadable) message.term();
      else message.nak(1_000);
    }
  }

  const working = (async () => {
    for await (const batch of durable.batches()) {
      for (const message of batch) {
        if (stopping) return;
        await take(message);
      }
    }
  })().catch((error: unknown) => {
    log.fatal({ err: error, reaction: contract.name }, "the reaction cannot go on");
    void connection.close();
  });
  return {
    async [Symbol.asyncDispose]() {
      stopping = true;
      durable.stop();
      await working;
    },
  };
}
