/** Reacting to each message of a durable, one after another, however often it is delivered. */
import type { JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Durable } from "./durable.ts";
import { UnreadableEventError } from "./event.ts";
import type { Logger } from "./log.ts";

/**
 * Calls `react` with each message and acknowledges it when that has returned. What throws is delivered again after a
 * while. What cannot be read is logged and left behind: nobody could ever react to it.
 */
export function reactToEach(
  durable: Durable,
  { connection, log }: { readonly connection: NatsConnection; readonly log: Logger },
  react: (message: JsMsg) => Promise<void>,
): AsyncDisposable {
  let stopping = false;

  /** Reacts to one message; never rejects. */
  async function take(message: JsMsg): Promise<void> {
    try {
      await react(message);
      message.ack();
    } catch (error) {
      // What is not acknowledged comes again, to whoever is connected then.
      if (connection.isClosed()) return;
      const unreadable = error instanceof UnreadableEventError;
      log.error({ err: error, sequence: message.seq }, unreadable ? "left behind" : "failed, will try again");
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
    log.fatal({ err: error }, "the reaction cannot go on");
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
