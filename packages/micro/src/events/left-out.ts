/** Reading for decisions: an event that administrators had skipped where it counts is not there for them either (ADR 62). */
import type { EventsContract, IdOf } from "@natster/contracts";
import { decidedBy } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Recorded } from "./aggregate.ts";
import { readEvent, type Stored, UnreadableEventError } from "./event.ts";
import { readSkipped } from "./skipped.ts";

/** Reads a stored event; undefined where it is left out. Throws `UnreadableEventError`, which says the event's sequence. */
export type ReadForDecisions = <E extends EventsContract>(
  events: E,
  stored: Stored,
) => Promise<{ readonly id: IdOf<E>; readonly event: Recorded<E> } | undefined>;

/** Knows what is left out by now; what is from later on is looked up where an event cannot be read. */
export async function readerForDecisions(connection: NatsConnection): Promise<ReadForDecisions> {
  let skipped = await bySequence(connection);
  const isLeftOut = (events: EventsContract, { seq }: Stored): boolean => {
    const from = skipped.get(seq);
    const deciding = from ? decidedBy(events) : [];
    return deciding.length > 0 && deciding.every((projection) => from?.has(projection));
  };
  return async (events, stored) => {
    if (isLeftOut(events, stored)) return undefined;
    try {
      return readEvent(events, stored);
    } catch (error) {
      if (!(error instanceof UnreadableEventError)) throw error;
      skipped = await bySequence(connection);
      if (isLeftOut(events, stored)) return undefined;
      throw new UnreadableEventError(`event ${stored.seq} cannot be read: ${error.message}`, { cause: error.cause });
    }
  };
}

/** From which projections each event is left out. */
async function bySequence(connection: NatsConnection): Promise<ReadonlyMap<number, ReadonlySet<string>>> {
  const found = new Map<number, Set<string>>();
  for await (const { projection, sequence } of readSkipped(connection)) {
    found.set(sequence, (found.get(sequence) ?? new Set()).add(projection));
  }
  return found;
}
