/**
 * What a side makes of what is delivered to it: rows, and events that stand aside. While more is on its way it is held in
 * memory, so that a row which many events change is written once; then all of it is written, told of and acknowledged.
 */
import { type BucketContract, type Part, type RowOf } from "@natster/contracts";
import type { JsMsg } from "@nats-io/jetstream";
import { type Applied, createFold, readFor, type Reading, type Stored } from "./fold.ts";
import { isDecision, mend } from "./mend.ts";
import type { Parking, ParkedPlace, Place } from "./parking.ts";
import type { Projection } from "./projection.ts";
import type { RowWriter } from "./rows.ts";

/** What has arrived, whether the side is to read it, and what it says where it makes rows. */
export interface Arrival<R> {
  readonly message: JsMsg;
  readonly isRead: boolean;
  readonly reading: Reading<R> | undefined;
}

export interface TakingOptions<B extends BucketContract> {
  readonly projection: Projection<B>;
  readonly part: Part;
  readonly rows: RowWriter<RowOf<B>>;
  readonly parking: Parking;
  /** Reads an event of the log. */
  readonly read: (sequence: number) => Promise<Stored>;
  readonly afterRows: ((applied: readonly Applied[], aside: readonly Place[]) => Promise<void>) | undefined;
  /** Told of events that newly stand aside. */
  readonly whenParked: (parked: readonly ParkedPlace[]) => void;
  /** Told that the rows hold what they should not. */
  readonly spoiled: (reason: string) => Promise<void>;
  /** Told that the rows are written, before what made them is acknowledged. */
  readonly written: (through: Written) => void;
}

/** What was written: from which delivery to which, and whether there was anything to read among them. */
export interface Written {
  readonly first: JsMsg;
  readonly last: JsMsg;
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
const most = { events: 8_000, rows: 10_000, milliseconds: 250 } as const;

export function createTaking<B extends BucketContract>(options: TakingOptions<B>): Taking<RowOf<B>> {
  const { projection, part, rows, parking, read, afterRows, whenParked, spoiled, written } = options;
  type R = RowOf<B>;
  const fold = createFold(projection, rows, parking);
  let held: JsMsg[] = [];
  let applied: Applied[] = [];
  let aside: Place[] = [];
  let isRead = false;
  let since = 0;

  const follow = async (decision: Stored): Promise<void> => {
    const mended = await mend(decision, {
      part,
      parking,
      fold: async (events) => {
        const taken = await fold.take(events.flatMap((stored) => readFor(projection, stored) ?? []));
        await fold.write();
        return taken;
      },
      read,
      working: () => {
        for (const message of held) message.working();
      },
      spoiled,
    });
    applied.push(...mended.applied);
    aside.push(...mended.freed);
  };

  const write = async (): Promise<void> => {
    const [first, last] = [held.at(0), held.at(-1)];
    if (!first || !last) return;
    await settle();
    await afterRows?.(applied, aside);
    written({ first, last, isRead });
    for (const message of held) message.ack();
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
      for (const { message } of batch) held.push(message);
      isRead ||= batch.some((each) => each.isRead);
      for (const piece of betweenDecisions<R>(batch)) {
        if ("events" in piece) {
          applied.push(...(await fold.take(piece.events)));
          continue;
        }
        // What is decided is about rows as they stood then.
        await settle();
        await follow(piece.decision);
        await settle();
      }
      const more = (held.at(-1)?.info.pending ?? 0) > 0;
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
  for (const { message, isRead, reading } of batch) {
    if (reading) events.push(reading);
    if (!isRead || !isDecision(message)) continue;
    if (events.length > 0) yield { events };
    yield { decision: message };
    events = [];
  }
  if (events.length > 0) yield { events };
}
