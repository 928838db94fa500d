/** Commits: aggregates are loaded, decided about, and what follows is published together, if nobody else was first. */
import { createHash } from "node:crypto";
import { aggregateFilter, eventSubject, type EventsContract, type IdOf } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Aggregate, Decide, Decided, Occurrence, Recorded } from "./aggregate.ts";
import { type BatchEntry, publishBatch } from "./batch.ts";
import type { Command } from "../service/command.ts";
import { type CloudEvent, writeEvent } from "./event.ts";
import type { ReadForDecisions } from "./left-out.ts";
import { readAll } from "./read-all.ts";
import { kitRefusal, Refusal } from "../service/refusal.ts";
import type { Room } from "../service/room.ts";
import { streams } from "../streams.ts";
import { traced } from "../trace.ts";
import { unlessFirst } from "./unless-first.ts";

/** One aggregate's part in a decision. */
export interface Part<E extends EventsContract = EventsContract, S = unknown> {
  readonly aggregate: Aggregate<E, S>;
  readonly id: IdOf<E>;
  readonly decide: Decide<E, S>;
}

/** A part whose types have been checked together. */
export const part = <E extends EventsContract, S>(
  aggregate: Aggregate<E, S>,
  id: IdOf<E>,
  decide: Decide<E, S>,
): Part => ({ aggregate, id, decide }) as unknown as Part;

/** One aggregate as the log has it. */
export interface Loaded<S> {
  readonly state: S;
  /** Sequence of its last event; 0 where there is none. */
  readonly last: number;
}

/** How the log is read. */
export interface Reading {
  readonly manager: JetStreamManager;
  readonly read: ReadForDecisions;
}

/** How it is written. */
export interface Writing {
  readonly connection: NatsConnection;
  readonly source: string;
  readonly room: Room;
}

/** How often a decision is made again because others changed the same aggregate meanwhile. */
const tries = 3;

/**
 * Decides about aggregates as they stand and records what follows, all of it or nothing; decides again where others were
 * first. Resolves with a sequence, as `EventLog.append` says. Throws the refusal of a decision, or `conflict`.
 */
export async function commit(
  { connection, source, room }: Writing,
  reading: Reading,
  parts: readonly Part[],
  command: Command,
): Promise<number> {
  let admitted: { readonly grows: boolean } | undefined;
  for (let attempt = 1; attempt <= tries; attempt++) {
    const loaded = await Promise.all(parts.map((each) => load(reading, each)));
    const done = loaded.flatMap(({ events }) => events).filter((event) => isOf(event, command));
    if (done.length > 0) return Math.max(...done.map(({ sequence }) => sequence));

    const decided = decideAll(parts, loaded);
    if (decided instanceof Refusal || decided.length === 0) {
      // A replica may trail. Only what the leader confirms is a reason to record nothing.
      if (!(await isNewest(reading, parts, loaded))) continue;
      if (decided instanceof Refusal) throw decided;
      return Math.max(...loaded.map(({ last }) => last));
    }
    // Made again, a decision may take more than it was admitted for.
    const asked = { grows: decided.some(grows) };
    if (!admitted || (asked.grows && !admitted.grows)) {
      await room.admit(command, asked);
      admitted = asked;
    }
    const sequence = await traced({ kind: "producer", name: `append ${eventStream}` }, (from) =>
      publish(connection, toEntries(decided, source, command, from)),
    );
    if (sequence !== undefined) return sequence;
  }
  throw kitRefusal("conflict");
}

interface LoadedPart extends Loaded<unknown> {
  readonly events: readonly Recorded<EventsContract>[];
}

/** An event that was decided, and the sequence after which its aggregate must not have changed. */
interface DecidedPart {
  readonly part: Part;
  readonly event: Decided<EventsContract>;
  readonly expect: number | undefined;
}

const grows = ({ part: { aggregate }, event }: DecidedPart): boolean =>
  event.grows ?? !aggregate.events.takesBack?.includes(event.type);

function decideAll(parts: readonly Part[], loaded: readonly LoadedPart[]): DecidedPart[] | Refusal {
  try {
    return parts.flatMap((each, index) => {
      const { state, last } = loaded[index] as LoadedPart;
      // The first event of an aggregate carries the expectation for all of them.
      return each
        .decide(state)
        .map((event, position) => ({ part: each, event, expect: position === 0 ? last : undefined }));
    });
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** Rebuilds an aggregate from its events, with those that made it. */
export async function load({ manager, read }: Reading, { aggregate, id }: Part): Promise<LoadedPart> {
  const events: Recorded<EventsContract>[] = [];
  let state = aggregate.initial;
  let last = 0;
  for await (const stored of readAll(manager, eventStream, aggregateFilter(aggregate.events, id))) {
    last = stored.seq;
    const { event } = (await read(aggregate.events, stored)) ?? {};
    if (!event) continue;
    events.push(event);
    state = aggregate.evolve(state, event);
  }
  return { state, events, last };
}

async function isNewest({ manager }: Reading, parts: readonly Part[], loaded: readonly LoadedPart[]): Promise<boolean> {
  const confirmed = await Promise.all(
    parts.map(async ({ aggregate, id }, index) => {
      const newest = await manager.streams.getMessage(eventStream, {
        last_by_subj: aggregateFilter(aggregate.events, id),
      });
      return (newest?.seq ?? 0) === loaded[index]?.last;
    }),
  );
  return confirmed.every(Boolean);
}

function toEntries(decided: readonly DecidedPart[], source: string, command: Command, from?: string): BatchEntry[] {
  const time = new Date().toISOString();
  return decided.map(({ part: { aggregate, id }, event, expect }, position) => {
    const subject = eventSubject(aggregate.events, id, event.type);
    const messageId = idOf(command, subject, position);
    const written: CloudEvent = writeEvent(aggregate.events, id, event, {
      id: messageId,
      source,
      time,
      cause: { actor: command.caller.account, user: command.caller.user, command, from },
    });
    return {
      subject,
      data: new TextEncoder().encode(JSON.stringify(written)),
      messageId,
      ...(expect !== undefined && { expect, expectSubject: aggregateFilter(aggregate.events, id) }),
    };
  });
}

/** Message ids are one space for the whole stream, so one holds everything that tells a command from another. */
const idOf = (command: Command, subject: string, position: number): string =>
  createHash("sha256")
    .update(JSON.stringify([command.caller.account, command.name, command.id, subject, position]))
    .digest("base64url");

const isOf = (event: Occurrence, command: Command): boolean =>
  event.command.id === command.id && event.command.name === command.name && event.actor === command.caller.account;

/** Publishes with acknowledgement; undefined where somebody else was first. */
async function publish(connection: NatsConnection, entries: readonly BatchEntry[]): Promise<number | undefined> {
  const [only] = entries;
  if (entries.length > 1 || !only) return unlessFirst(publishBatch(connection, entries));
  const { expect, expectSubject } = only;
  const ack = await unlessFirst(
    streams(connection).publish(only.subject, only.data, {
      msgID: only.messageId,
      expect: {
        ...(expect !== undefined && { lastSubjectSequence: expect }),
        ...(expectSubject !== undefined && { lastSubjectSequenceSubject: expectSubject }),
      },
    }),
  );
  // A duplicate is this command, recorded meanwhile by its own repeat: loading again finds it.
  return ack?.duplicate ? undefined : ack?.seq;
}
