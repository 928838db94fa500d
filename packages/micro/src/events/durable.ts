/** A named durable pull consumer of the log, read in the batches in which it comes. */
import { eventStream } from "@natster/contracts/platform";
import * as z from "zod";
import type { ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Stored } from "./event.ts";
import { streams, streamsManager } from "../streams.ts";
import type { Doing } from "../trace.ts";

/** What a durable has left to deliver, and what it has delivered without an acknowledgement. */
export interface Backlog {
  readonly pending: number;
  readonly unacknowledged: number;
  /** The sequence up to which everything is acknowledged. */
  readonly acknowledged: number;
  /** How many of those without an acknowledgement were delivered more than once. */
  readonly redelivered: number;
}

/** What nats-server says of something that it delivers, without what that is: little to keep until it is acknowledged. */
export interface Delivered {
  readonly seq: number;
  /** The how manieth delivery of the durable it is. */
  readonly number: number;
  /** How many messages wait to be delivered after it. */
  readonly pending: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly time: number;
  /** Where nats-server hears what became of it. */
  readonly reply: string;
  /** How a trace tells of it, where one does. */
  readonly trace?: Doing;
}

/** What nats-server says of a message that it delivers. */
export function deliveredAs(message: JsMsg): Delivered {
  const { streamSequence: seq, deliverySequence: number, pending, timestampNanos } = message.info;
  // The library has it, and does not say so.
  if (!("reply" in message) || typeof message.reply !== "string") throw new TypeError("no delivery of a consumer");
  return { seq, number, pending, time: timestampNanos / 1e6, reply: message.reply };
}

/** An open durable. */
export interface Durable {
  /**
   * Whatever has arrived since the last batch, in the log's order, and nothing where for a second nothing has; as
   * `arriving` makes it of each message the moment it comes, while whoever takes the batches waits for the disk. Ends
   * after `stop`, and with the connection. Throws where the durable is gone.
   */
  batches<T>(arriving: (message: JsMsg) => T): AsyncIterable<T[]>;
  /** The same, of the messages as they are. */
  batches(): AsyncIterable<JsMsg[]>;
  acknowledge(deliveries: readonly Delivered[]): void;
  /** Says that these are still under way. */
  working(deliveries: readonly Delivered[]): void;
  /** Goes back, or forward, so that the next event is the first at or after this sequence. */
  rewind(sequence: number): Promise<void>;
  backlog(): Promise<Backlog>;
  /** One event of the stream, by its sequence. Throws where there is none. */
  read(sequence: number): Promise<Stored>;
  /** The sequence of the first event after this one under any of these filters; undefined where there is none. */
  first(after: number, filters: readonly string[]): Promise<number | undefined>;
  /** For how long the first event after a sequence has been waiting, in milliseconds; 0 where there is none. */
  age(after: number): Promise<number>;
  /** The sequence of the last message of the stream, delivered or not. */
  end(): Promise<number>;
  stop(): void;
  /** The pin of whoever it is pinned to, which nobody has a second time; undefined while it is pinned to nobody. */
  pin(): Promise<string | undefined>;
  /**
   * Whether something waits for an acknowledgement that will not come: it was delivered to somebody who has gone since, or
   * to this one, and lost on its way. To be asked again and again while nothing comes and nothing is held.
   */
  isLost(): Promise<boolean>;
  /** Lets another have what this one is pinned to, at once instead of when its silence is noticed. */
  unpin(): Promise<void>;
}

/** How many events are on their way at the most, where nothing is said. */
const usualPrefetch = 4_000;

/**
 * Whoever reacts to what a durable delivers is heard of within so many milliseconds, or it is delivered again: it may
 * have been lost on its way, as while nats-server takes in a new JWT of the account.
 */
export const answersWithin = 5_000;

/** The group of those that pull from a pinned durable: one of them gets everything, and the others stand by. */
export const pinnedGroup = "one";

const acknowledged = new TextEncoder().encode("+ACK");
const inProgress = new TextEncoder().encode("+WPI");

/** For how long, in milliseconds, whoever reads batches is left without one. */
const quietAtMost = 1_000;

/** Whoever is pinned asks this often, in milliseconds, so that its silence is soon noticed. */
const pinnedAsks = 1_000;

/** What nats-server writes on each delivery of a pinned durable. */
const pinHeader = "Nats-Pin-Id";

/** What nats-server says of a durable's pins, which the library does not name. */
const Pins = z.looseObject({
  priority_groups: z.array(z.object({ group: z.string(), pinned_client_id: z.string().optional() })).optional(),
});

const pinIn = (info: unknown): string | undefined =>
  Pins.parse(info).priority_groups?.find(({ group }) => group === pinnedGroup)?.pinned_client_id || undefined;

/** Which durable is opened. */
export interface DurableOptions {
  /** The log, where nothing is said. */
  readonly stream?: string;
  readonly pinned?: boolean;
  /** How many messages are on their way at the most. */
  readonly prefetch?: number;
}

/** Opens a durable that the platform has made; nothing is created here. */
export async function openDurable(
  connection: NatsConnection,
  name: string,
  { stream = eventStream, pinned = false, prefetch = usualPrefetch }: DurableOptions = {},
): Promise<Durable> {
  const manager = await streamsManager(connection);
  const consumer = await streams(connection).consumers.get(stream, name);
  let messages: ConsumerMessages | undefined;
  let latest: JsMsg | undefined;
  /** The delivery after which something seemed to be lost when it was asked last. */
  let suspected: number | undefined;
  let stopped = false;

  /** The next event after a sequence under each filter that has one. */
  const following = async (after: number, filters: readonly string[]) => {
    const found = filters.map((filter) => manager.direct.getMessage(stream, { seq: after + 1, next_by_subj: filter }));
    return (await Promise.all(found)).filter((stored) => stored !== null);
  };

  function batches<T>(arriving: (message: JsMsg) => T): AsyncIterable<T[]>;
  function batches(): AsyncIterable<JsMsg[]>;
  async function* batches<T>(
    arriving: (message: JsMsg) => T | JsMsg = (message) => message,
  ): AsyncGenerator<(T | JsMsg)[]> {
    let arrived: (T | JsMsg)[] = [];
    let wake = Promise.withResolvers<void>();
    let closed: Error | undefined;
    messages = await consumer.consume({
      max_messages: prefetch,
      ...(pinned && { group: pinnedGroup, expires: pinnedAsks }),
      // A durable that was taken away does not come back by waiting.
      abort_on_missing_resource: true,
      callback: (message) => {
        latest = message;
        arrived.push(arriving(message));
        wake.resolve();
      },
    });
    void messages.closed().then((reason) => {
      closed = reason instanceof Error ? reason : new Error(`${name} delivers no more`);
      wake.resolve();
    });
    if (stopped) messages.stop();
    const looking = setInterval(() => wake.resolve(), quietAtMost);
    try {
      while (!stopped && !closed) {
        await wake.promise;
        wake = Promise.withResolvers();
        const batch = arrived;
        arrived = [];
        yield batch;
      }
    } finally {
      clearInterval(looking);
    }
    if (closed && !stopped && !connection.isClosed()) throw closed;
  }

  return {
    batches,
    acknowledge(deliveries) {
      for (const { reply } of deliveries) connection.publish(reply, acknowledged);
    },
    working(deliveries) {
      for (const { reply } of deliveries) connection.publish(reply, inProgress);
    },
    async rewind(sequence) {
      await manager.consumers.reset(stream, name, sequence);
    },
    async backlog() {
      const info = await manager.consumers.info(stream, name);
      return {
        pending: info.num_pending,
        unacknowledged: info.num_ack_pending,
        acknowledged: info.ack_floor.stream_seq,
        redelivered: info.num_redelivered,
      };
    },
    async read(seq) {
      const stored = await manager.direct.getMessage(stream, { seq });
      if (!stored) throw new Error(`${stream} has nothing at ${seq}`);
      return stored;
    },
    async first(after, filters) {
      const found = await following(after, filters);
      return found.length > 0 ? Math.min(...found.map(({ seq }) => seq)) : undefined;
    },
    async age(after) {
      const { config } = await manager.consumers.info(stream, name);
      const waiting = await following(after, config.filter_subjects ?? []);
      return Math.max(0, ...waiting.map(({ time }) => Date.now() - time.getTime()));
    },
    async end() {
      return (await manager.streams.info(stream)).state.last_seq;
    },
    stop() {
      stopped = true;
      messages?.stop();
    },
    pin: async () => pinIn(await manager.consumers.info(stream, name)),
    async isLost() {
      const info = await manager.consumers.info(stream, name);
      const pin = pinIn(info);
      if (info.num_ack_pending > 0 && pin === undefined) return true;
      // What is on its way at this moment comes before this is asked again.
      const isOwn = info.num_ack_pending > 0 && pin === latest?.headers?.get(pinHeader);
      const since = suspected;
      suspected = isOwn ? info.delivered.consumer_seq : undefined;
      return isOwn && since === suspected;
    },
    async unpin() {
      await manager.consumers.unpin(stream, name, pinnedGroup);
    },
  };
}
