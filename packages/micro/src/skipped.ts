/** What administrators decided to leave out of a projection: read from the log, since nothing derived may be the only copy. */
import { familyFilter } from "@natster/contracts";
import { projectionEvents } from "@natster/contracts/ops";
import { eventStream } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import { readEvent } from "./event.ts";
import { readAll } from "./read-all.ts";
import { streamsManager } from "./streams.ts";

/** The sequences of the events that a projection leaves out for ever, as far as it was decided by now. */
export async function readSkipped(connection: NatsConnection, projection: string): Promise<Set<number>> {
  const manager = await streamsManager(connection);
  const skipped = new Set<number>();
  for await (const stored of readAll(manager, eventStream, familyFilter(projectionEvents, "skipped", { projection }))) {
    const { event } = readEvent(projectionEvents, stored);
    if (event.type === "skipped") skipped.add(event.data.sequence);
  }
  return skipped;
}
