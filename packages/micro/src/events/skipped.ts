/** What administrators decided to leave out of projections: read from the log, since nothing derived may be the only copy. */
import { familyFilter } from "@natster/contracts";
import { projectionEvents } from "@natster/contracts/ops";
import { eventStream, projections } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import { readEvent, type Stored, UnreadableEventError } from "./event.ts";
import { readAll } from "./read-all.ts";
import { streamsManager } from "../streams.ts";

/** An event that a projection leaves out for ever. */
export interface Skipped {
  readonly projection: string;
  readonly sequence: number;
}

/** Every event that it was decided to leave out by now, of each projection, or of the one that is named. */
export async function* readSkipped(connection: NatsConnection, projection?: string): AsyncGenerator<Skipped> {
  const manager = await streamsManager(connection);
  for await (const stored of readAll(manager, eventStream, familyFilter(projectionEvents, "skipped", { projection }))) {
    const decision = readDecision(stored);
    if (!decision) continue;
    const { id, event } = decision;
    // Each service may record what was decided about its own projections, and nothing about those of others.
    const isItsOwn = projections.some(({ service, bucket }) => service === id.service && bucket.name === id.projection);
    if (isItsOwn && event.type === "skipped") yield { projection: id.projection, sequence: event.data.sequence };
  }
}

/** A decision that cannot be read leaves nothing out; the projection that it is about has it stand aside. */
function readDecision(stored: Stored) {
  try {
    return readEvent(projectionEvents, stored);
  } catch (error) {
    if (error instanceof UnreadableEventError) return undefined;
    throw error;
  }
}
