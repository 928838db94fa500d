/**
 * What a side makes of what is delivered to it: rows, and events that stand aside. While more is on its way it is held in
 * memory, so that a row which many events change is written once; then all of it is written, told of and acknowledged.
 */
import { type BucketContract, type Part, type RowOf } from "@natster/contracts";
import type { Arrival } from "./arrival.ts";
import type { Delivered, Durable } from "../events/durable.ts";
import { type Stored, UnreadableEventError } from "../events/event.ts";
import { type Applied, createFold, readFor, type Reading } from "./fold.ts";
import { mend, type Mendable, type Mended } from "./mend.ts";
import type { Parking, ParkedPlace, Place } from "./parking.ts";
import type { Projection } from "./projection.ts";
import type { RowWriter } from "./rows.ts";
import { takesTraces, traced } from "../trace.ts";

export interface TakingOptions<B extends BucketContract> {
  readonly projection: Projection<B>;
  readonly part: Part;
  readonly rows: RowWriter<RowOf<B>>;
  readonly parking: Parking;
  readonly durable: Pick<Durable, "read" | "acknowledge" | "working">;
  /** Told of events once their rows are written; nothing where nobody wants to hear of them at this moment. */
  readonly afterRows: () => ((applied: readonly Applied[], aside: readonly Place[]) => Promise<void>) | undefined;
  /** Told of events that newly stand aside. */
  readonly whenParked: (parked: readonly ParkedPlace[]) => void;
  /** Told that the rows hold what they should not. */
  readonly spoiled: (reason: string) => Promise<void>;
  /** Told that the rows are written, before what made them is acknowledged. */
  readonly written: (through: Written) => void;
}

/** What was written: from which delivery to which, and whether there was anything to read among them. */
export interface Written {
  readonly first: Delivered;
  readonly last: Delivered;
  readonly isRead: boolean;
}

export interface Taking<R> {
  /**
   * Takes in what was delivered, in its order, and writes it unless more is on its way. What throws here leaves nothing
   * behind in memory: what was not acknowledged is to be delivered again, to a new one of these.
   */
  take(batch: readonly Arrival<R>[]): Promise<void>;
  /** Writes what is held. */
  write(): Promise<void>;
}

/** How many events and rows are held at the most, and for how long, in milliseconds. */
const most = { events: 8_000, rows: 10_000, milliseconds: 1_000 } as const;

export function createTaking<B extends BucketContract>(options: TakingOptions<B>): Taking<RowOf<B>> {
  const { projection, part, rows, parking, durable, afterRows, whenParked, spoiled, written } = options;
  type R = RowOf<B>;
  const fold = createFold(projection, rows, parking);
  let held: Delivered[] = [];
  let applied: Applied[] = [];
  let aside: Place[] = [];
  let isRead = false;
  let since = 0;

  const follow = async (decision: Stored): Promise<void> => {
    const mended = await unlessUnreadable(decision, {
      part,
      parking,
      fold: async (events) => {
        const taken = await fold.take(events.flatMap((stored) => readFor(projection, stored) ?? []));
        await fold.write();
        return taken;
      },
      read: (sequence) => durable.read(sequence),
      working: () => durable.working(held),
      spoiled,
    });
    applied.push(...mended.applied);
    aside.push(...mended.freed);
  };

  /** A decision that cannot be read stands aside like any other event. */
  const unlessUnreadable = async (decision: Stored, side: Mendable): Promise<Mended> => {
    try {
      return await mend(decision, side);
    } catch (error) {
      if (!(error instanceof UnreadableEventError)) throw error;
      parking.park(decision, error.message);
      return { applied: [], freed: [] };
    }
  };

  const write = async (): Promise<void> => {
    const [first, last] = [held.at(0), held.at(-1)];
    if (!first || !last) return;
    await settle();
    await afterRows()?.(applied, aside);
    written({ first, last, isRead });
    durable.acknowledge(held);
    if (takesTraces()) for (const { trace } of held) if (trace) void traced(trace, async () => {});
    [held, applied, aside, isRead] = [[], [], [], false];
  };

  /** The rows are as the log says, up to what was taken. */
  const settle = async (): Promise<void> => {
    await fold.write();
    const { parked, newly } = await parking.save();
    if (newly.length > 0) whenParked(newly);
    aside.push(...parked);
  };

  return {
    write,
    async take(batch) {
      if (held.length === 0) since = performance.now();
      for (const { delivered } of batch) held.push(delivered);
      isRead ||= batch.some((each) => each.isRead);
      for (const piece of betweenDecisions<R>(batch)) {
        if ("events" in piece) {
          const taken = await fold.take(piece.events);
          if (afterRows()) for (const each of taken) applied.push(each);
          continue;
        }
        // What is decided is about rows as they stood then.
        await settle();
        await follow(piece.decision);
        await settle();
      }
      const more = (held.at(-1)?.pending ?? 0) > 0;
      const isMuch = held.length >= most.events || fold.waiting >= most.rows;
      if (!more || isMuch || performance.now() - since >= most.milliseconds) await write();
    },
  };
}

/** Events as they came, those between two decisions about the projection itself together. */
function* betweenDecisions<R>(
  batch: readonly Arrival<R>[],
): Generator<{ readonly decision: Stored } | { readonly events: readonly Reading<R>[] }> {
  let events: Reading<R>[] = [];
  for (const { reading, decision } of batch) {
    if (reading) events.push(reading);
    if (!decision) continue;
    if (events.length > 0) yield { events };
    yield { decision };
    events = [];
  }
  if (events.length > 0) yield { events };
}
