/** The event log: aggregates are loaded from it, decided on, and appended to it, or not at all. */
import {
  eventSubject,
  familyFilter,
  type EventsContract,
  type IdOf,
  readEventSubject,
  type ServiceContract,
} from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Aggregate, Decide, Recorded } from "./aggregate.ts";
import { commit, load, type Loaded, type Part, part, type Reading, type Writing } from "./commit.ts";
import type { Command } from "../service/command.ts";
import { inTurn } from "./in-turn.ts";
import { readerForDecisions } from "./left-out.ts";
import { countFrom } from "./newest.ts";
import { readAll } from "./read-all.ts";
import type { Room } from "../service/room.ts";
import { streamsManager } from "../streams.ts";

export { part } from "./commit.ts";

/** The log, as one service writes it. What administrators had skipped is not there for whoever reads it here. */
export interface EventLog {
  /** Rebuilds an aggregate from its events. */
  load<E extends EventsContract, S>(aggregate: Aggregate<E, S>, id: IdOf<E>): Promise<Loaded<S>>;
  /**
   * The last event of each of some types of one aggregate, as the leader has them: what it costs does not depend on how
   * much ever happened to the aggregate. Types of which there is none are left out.
   */
  newest<E extends EventsContract>(
    events: E,
    id: IdOf<E>,
    types: readonly (keyof E["types"] & string)[],
  ): Promise<readonly Recorded<E>[]>;
  /**
   * Decides about one aggregate and records what follows; the sequence is that of the last event recorded, or of the
   * aggregate's last where there was nothing to record. It is on disk when this resolves. What others record
   * meanwhile is taken into account by deciding again. The same command again records nothing. What there is no room for
   * is refused, whoever asks, as `Room` says.
   */
  append<E extends EventsContract, S>(
    aggregate: Aggregate<E, S>,
    id: IdOf<E>,
    decide: Decide<E, S>,
    command: Command,
  ): Promise<number>;
  /** The same for several aggregates: all is recorded, or nothing. */
  appendAll(parts: readonly Part[], command: Command): Promise<number>;
  /** The ids of aggregates to which an event of this type ever happened, and of whose id a part is known. */
  aggregates<E extends EventsContract>(
    events: E,
    type: keyof E["types"] & string,
    known: Partial<IdOf<E>>,
  ): AsyncGenerator<IdOf<E>>;
  /** How often an event of this type happened to those aggregates. */
  count<E extends EventsContract>(events: E, type: keyof E["types"] & string, known: Partial<IdOf<E>>): Promise<number>;
}

/** Opens the log for a service. Nothing is recorded that the room does not admit. */
export async function openEventLog(
  connection: NatsConnection,
  service: ServiceContract,
  room: Room,
): Promise<EventLog> {
  const manager = await streamsManager(connection);
  const reading: Reading = { manager, read: await readerForDecisions(connection) };
  const source = `/natster/${service.name}`;
  const writing: Writing = { connection, source, room };
  const turn = inTurn();
  const appendAll = (parts: readonly Part[], command: Command) =>
    turn(command, () => commit(writing, reading, parts, command));
  return {
    load: async (aggregate, id) => {
      const { state, last } = await load(
        reading,
        part(aggregate, id, () => []),
      );
      return { state: state as never, last };
    },
    async newest(events, id, types) {
      const found = await Promise.all(types.map((type) => newest(reading, events, eventSubject(events, id, type))));
      return found.filter((event) => event !== undefined);
    },
    async *aggregates(events, type, known) {
      const seen = new Set<string>();
      for await (const { subject } of readAll(manager, eventStream, familyFilter(events, type, known as never))) {
        const place = seen.has(subject) ? undefined : readEventSubject(events, subject);
        seen.add(subject);
        if (place) yield place.id;
      }
    },
    count: async (events, type, known) =>
      (await countFrom(manager, eventStream, familyFilter(events, type, known as never))).count,
    append: (aggregate, id, decide, command) => appendAll([part(aggregate, id, decide)], command),
    appendAll,
  };
}

/** The last event under a subject, as the leader has it. */
async function newest<E extends EventsContract>(
  { manager, read }: Reading,
  events: E,
  subject: string,
): Promise<Recorded<E> | undefined> {
  const last = await manager.streams.getMessage(eventStream, { last_by_subj: subject });
  const found = last && (await read(events, last));
  if (!last || found) return found?.event;
  // It is left out: the one before it counts.
  let before: Recorded<E> | undefined;
  for await (const stored of readAll(manager, eventStream, subject))
    before = (await read(events, stored))?.event ?? before;
  return before;
}
