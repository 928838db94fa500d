/** Timers: what runs out by itself. JetStream keeps them as schedules (ADR-51), so they survive every process. */
import { dueSubject, type EventsContract, type IdOf, readDueSubject, timerSubject } from "@natster/contracts";
import { type TimersContract, timerStream } from "@natster/contracts/platform";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { openDurable } from "../events/durable.ts";
import { askedAtOnce, reactToEach, type RunningReaction } from "./react-to-each.ts";
import type { ReactionOptions } from "./reaction.ts";
import { streams } from "../streams.ts";

/** How long a due timer waits for a service that is away. */
const patience = "720h";

/**
 * Sets the timer of an aggregate, or moves it: it has one. It falls due in the whole second after `at` at the earliest,
 * or at once where that has passed. It is on disk when this resolves.
 */
export async function setTimer<E extends EventsContract>(
  connection: NatsConnection,
  events: E,
  id: IdOf<E>,
  at: Date,
): Promise<void> {
  const schedule = headers();
  const second = new Date(Math.ceil(at.getTime() / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
  schedule.set("Nats-Schedule", `@at ${second}`);
  schedule.set("Nats-Schedule-Target", dueSubject(events, id));
  schedule.set("Nats-Schedule-TTL", patience);
  await streams(connection).publish(timerSubject(events, id), "", { headers: schedule });
}

/** A timer that has fallen due. */
export interface Due {
  /** Its place in the stream of timers. */
  readonly sequence: number;
  /** When nats-server found it due, by its own clock, in milliseconds since 1970. */
  readonly time: number;
}

/** Calls `due` for each aggregate whose timer has fallen due, once it has; what throws is called again after a while. */
export async function runTimers<E extends EventsContract>(
  contract: TimersContract & { readonly of: E },
  { connection, log }: ReactionOptions,
  due: (id: IdOf<E>, fallen: Due) => Promise<void>,
): Promise<RunningReaction> {
  const durable = await openDurable(connection, contract.name, { stream: timerStream, prefetch: askedAtOnce });
  return reactToEach(durable, {
    connection,
    log: log.child({ timers: contract.name }),
    read: ({ subject, seq, time }) => {
      const id = readDueSubject(contract.of, subject);
      return id && { id, fallen: { sequence: seq, time: time.getTime() } };
    },
    react: ({ id, fallen }) => due(id, fallen),
  });
}
