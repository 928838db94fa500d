/** Reacting to each message of a durable, one after another, however often it is delivered. */
import type { JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { answersWithin, type Durable } from "../events/durable.ts";
import type { Logger } from "../service/log.ts";

/** How messages are reacted to. */
export interface ReactingOptions<T> {
  readonly connection: NatsConnection;
  readonly log: Logger;
  /** What a message says; undefined where it asks for nothing. */
  readonly read: (message: JsMsg) => T | undefined | Promise<T | undefined>;
  readonly react: (said: T) => Promise<void>;
}

/** How a reaction stands, whichever process reacts. */
export interface ReactionStatus {
  /** How many messages wait for it. */
  readonly behind: number;
  /** For how long the first of them has waited, in milliseconds. */
  readonly milliseconds: number;
  /** How many of them were delivered again, since they failed or were lost. */
  readonly failing: number;
}

/** A reaction that runs. */
export interface RunningReaction extends AsyncDisposable {
  /** Asked of nats-server. */
  status(): Promise<ReactionStatus>;
  /** As it was when it was asked last. */
  readonly lag: ReactionStatus;
}

/**
 * How many messages are asked for at a time. Those that have come wait for their turn, in all processes as many as
 * nats-server delivers without an acknowledgement; it is told of each, again and again, that it does.
 */
export const askedAtOnce = 64;

/** How long what failed waits at the most before it is delivered again, in milliseconds. */
const waitsAtMost = 60_000;

/**
 * Calls `react` with what each message says and acknowledges it when that has returned. What throws is delivered again
 * after a while, ever later: also where it, or what it is about, cannot be read, since newer code may read it.
 */
export function reactToEach<T>(
  durable: Durable,
  { connection, log, read, react }: ReactingOptions<T>,
): RunningReaction {
  let stopping = false;
  let lag: ReactionStatus = { behind: 0, milliseconds: 0, failing: 0 };
  const held = new Set<JsMsg>();
  const telling = setInterval(() => {
    if (connection.isClosed()) return;
    for (const message of held) message.working();
  }, answersWithin / 5);

  /** Reacts to one message; never rejects. */
  async function take(message: JsMsg): Promise<void> {
    try {
      const said = await read(message);
      if (said !== undefined) await react(said);
      message.ack();
    } catch (error) {
      // What is not acknowledged comes again, to whoever is connected then.
      if (connection.isClosed()) return;
      log.error({ err: error, sequence: message.seq }, "failed, will try again");
      message.nak(Math.min(waitsAtMost, 1_000 * 2 ** (message.info.deliveryCount - 1)));
    }
  }

  const working = (async () => {
    const arriving = (message: JsMsg) => {
      held.add(message);
      return message;
    };
    for await (const batch of durable.batches(arriving)) {
      for (const message of batch) {
        if (stopping) return;
        await take(message);
        held.delete(message);
      }
    }
  })().catch((error: unknown) => {
    log.fatal({ err: error }, "the reaction cannot go on");
    void connection.close();
  });
  return {
    async status() {
      const { pending, unacknowledged, acknowledged, redelivered } = await durable.backlog();
      const behind = pending + unacknowledged;
      lag = { behind, milliseconds: behind > 0 ? await durable.age(acknowledged) : 0, failing: redelivered };
      return lag;
    },
    get lag() {
      return lag;
    },
    async [Symbol.asyncDispose]() {
      stopping = true;
      clearInterval(telling);
      durable.stop();
      await working;
    },
  };
}
