/**
 * Reading what was written here, in a cluster. Any copy answers a read, and may trail the one that acknowledged the write:
 * whoever reads then finds what was so before. So the last that was written here is asked for beside it: a copy that has it
 * has all before it, and where it is missing another copy is asked.
 */
import type { JetStreamManager, StoredMsg } from "@nats-io/jetstream";
import { type NatsConnection, TimeoutError } from "@nats-io/nats-core";
import { lastOf } from "../events/read-all.ts";
import { sleep } from "../sleep.ts";

interface Written {
  readonly subject: string;
  readonly seq: number;
}

/** The last that was written through a connection, by stream. */
const written = new WeakMap<NatsConnection, Map<string, Written>>();

const writtenThrough = (connection: NatsConnection): Map<string, Written> => {
  const there = written.get(connection) ?? new Map<string, Written>();
  written.set(connection, there);
  return there;
};

/** For how long a copy that has it is sought, in milliseconds. */
const patience = 2_000;

/** Says what was written; what may run out by itself is not to be said. */
export function wrote(connection: NatsConnection, stream: string, last: Written): void {
  const all = writtenThrough(connection);
  if (last.seq > (all.get(stream)?.seq ?? 0)) all.set(stream, last);
}

/** Says that a stream was emptied. */
export const emptied = (connection: NatsConnection, stream: string): void =>
  void writtenThrough(connection).delete(stream);

/** Whether copies may differ: a server by itself has the only one. */
export const hasCopies = (connection: NatsConnection): boolean => connection.info?.cluster !== undefined;

/** The last message under each of some filters, with all that was written through this connection. Throws `TimeoutError`. */
export async function lastWritten(
  connection: NatsConnection,
  manager: JetStreamManager,
  stream: string,
  filters: string[],
): Promise<StoredMsg[]> {
  const last = hasCopies(connection) ? writtenThrough(connection).get(stream) : undefined;
  if (!last) return lastOf(manager, stream, filters);
  for (const until = Date.now() + patience; Date.now() < until; await sleep(5)) {
    const found = await lastOf(manager, stream, [...new Set([...filters, last.subject])]);
    if (found.some(({ subject, seq }) => subject === last.subject && seq >= last.seq)) {
      return found.filter(({ subject }) => filters.some((filter) => isUnder(subject, filter)));
    }
  }
  // Another process may have emptied the stream: nothing is known of it any more.
  emptied(connection, stream);
  throw new TimeoutError();
}

function isUnder(subject: string, filter: string): boolean {
  const [tokens, wanted] = [subject.split("."), filter.split(".")];
  const open = wanted.at(-1) === ">";
  return (
    (open ? tokens.length >= wanted.length : tokens.length === wanted.length) &&
    wanted.every((each, at) => each === "*" || each === tokens[at] || (open && at === wanted.length - 1))
  );
}
