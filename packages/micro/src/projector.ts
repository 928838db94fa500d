/** Runs projections: events in, rows out, each event's effect exactly once. */
import { type BucketContract, type EventsContract, type IdOf, readEventSubject, type RowOf } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import type { JsMsg } from "@nats-io/jetstream";
import type { Recorded } from "./aggregate.ts";
import { openDurable } from "./durable.ts";
import { readEvent } from "./event.ts";
import type { Logger } from "./log.ts";
import type { Projection, RowsFrom } from "./projection.ts";
import { Refusal } from "./refusal.ts";
import { openRows, type RowReader, type RowWriter, type Slot } from "./rows.ts";

/** An event that a projection has taken in. */
export interface Applied {
  readonly events: EventsContract;
  readonly id: IdOf<EventsContract>;
  readonly event: Recorded<EventsContract>;
}

/** Whether an applied event is of this kind; if so, its types are known. */
export const isApplied = <E extends EventsContract>(
  applied: Applied,
  events: E,
): applied is { readonly events: E; readonly id: IdOf<E>; readonly event: Recorded<E> } & Applied =>
  applied.events === events;

/** How a projection runs. */
export interface ProjectionOptions {
  readonly connection: NatsConnection;
  readonly log: Logger;
  /**
   * Told of a batch's events when its rows are written and before it is acknowledged: what throws here makes the batch
   * come again, and what has come may come again.
   */
  readonly afterRows?: (applied: readonly Applied[]) => Promise<void>;
}

/** A projection that runs. */
export interface RunningProjection<R> extends AsyncDisposable {
  readonly rows: RowReader<R>;
  /**
   * Resolves when what was recorded at a sequence is in the rows, whichever process writes them. Throws the refusal
   * `behind` after two seconds.
   */
  caughtUp(after: number | undefined): Promise<void>;
  /** Sequence of the last event in the rows, and how many wait. */
  readonly lag: { readonly sequence: number; readonly behind: number };
}

/** The row that says up to where the rows of its bucket are complete. It lives with them, so that it cannot outlive them. */
const checkpointKey = "checkpoint";

/** Runs a projection on the durable of its bucket's name, until it is disposed of. */
export async function runProjection<B extends BucketContract>(
  projection: Projection<B>,
  { connection, log, afterRows }: ProjectionOptions,
): Promise<RunningProjection<RowOf<B>>> {
  const rows = await openRows(connection, projection.into);
  const checkpoints = await openRows(connection, projection.into as unknown as CheckpointBucket);
  const durable = await openDurable(connection, projection.into.name);
  const fold = createFold(projection, rows);
  const lag = { sequence: await readCheckpoint(), behind: 0 };
  let wake = Promise.withResolvers<void>();

  async function readCheckpoint(): Promise<number> {
    const checkpoint = await checkpoints.get(checkpointKey);
    return checkpoint?.sequence ?? 0;
  }

  /** A batch is done with once its rows, then the checkpoint, are on disk. Until then it is tried again. */
  async function take(batch: readonly JsMsg[]): Promise<void> {
    const applied = readAll(projection, batch);
    await fold(applied);
    await afterRows?.(applied);
    const sequence = Math.max(lag.sequence, batch.at(-1)?.seq ?? 0);
    const { revision = 0 } = (await checkpoints.slots([checkpointKey])).get(checkpointKey) ?? {};
    await checkpoints.put(checkpointKey, {}, sequence, revision);
    for (const message of batch) message.ack();
    lag.sequence = sequence;
    lag.behind = batch.at(-1)?.info.pending ?? 0;
    wake.resolve();
    wake = Promise.withResolvers();
  }

  const working = (async () => {
    // The consumer's own position is a hint: what it forgot or never learnt of is read again, and changes nothing.
    await durable.rewind(lag.sequence + 1);
    for await (const batch of durable.batches()) {
      for (let pause = 100; ; pause = Math.min(pause * 2, 5_000)) {
        try {
          await take(batch);
          break;
        } catch (error) {
          if (connection.isClosed()) return;
          log.error({ err: error, projection: projection.into.name }, "cannot write rows, trying again");
          await sleep(pause);
        }
      }
    }
  })().catch((error: unknown) => {
    // Without its rows a service would answer with yesterday's: it ends, and whoever runs it starts another.
    log.fatal({ err: error, projection: projection.into.name }, "the projection cannot go on");
    void connection.close();
  });

  return {
    rows,
    lag,
    async caughtUp(after) {
      if (after === undefined || lag.sequence >= after) return;
      for (const until = Date.now() + 2_000; Date.now() < until;) {
        await Promise.race([wake.promise, sleep(25)]);
        if (lag.sequence >= after || (await readCheckpoint()) >= after) return;
        // What is recorded there may be of no kind that this projection reads: then it has nothing to wait for.
        const { pending, unacknowledged } = await durable.backlog();
        if (pending === 0 && unacknowledged === 0) return;
      }
      throw new Refusal(503, { reason: "behind", message: "what was just recorded is not visible yet" });
    },
    async [Symbol.asyncDispose]() {
      durable.stop();
      await working;
    },
  };
}

type CheckpointBucket = BucketContract & { readonly row: import("zod").ZodType<Record<string, never>> };

function readAll(projection: Projection, batch: readonly JsMsg[]): Applied[] {
  return batch.flatMap((message) => {
    const family = projection.rows.find(({ events }) => readEventSubject(events, message.subject));
    if (!family) return [];
    return [{ events: family.events, ...readEvent(family.events, message) }];
  });
}

/** How many rows are kept in memory between batches. */
const remembered = 20_000;

/** Folds events into rows: many events of one row are one write, and writes go out together. */
function createFold<R>(projection: Projection, rows: RowWriter<R>): (applied: readonly Applied[]) => Promise<void> {
  const known = new Map<string, Slot<R>>();

  return async (applied) => {
    const changes = applied.flatMap((each) =>
      projection.rows
        .filter(({ events }) => events === each.events)
        .map((family) => ({
          key: family.key(each.id),
          family: family as unknown as RowsFrom<EventsContract, R>,
          ...each,
        })),
    );
    const keys = [...new Set(changes.map(({ key }) => key))];
    const unknown = keys.filter((key) => !known.has(key));
    for (const [key, slot] of await rows.slots(unknown)) known.set(key, slot);

    const next = new Map<string, Slot<R>>();
    for (const { key, family, event, id } of changes) {
      const slot = next.get(key) ?? known.get(key);
      // What a row has seen changes it no more: that is what makes redelivery harmless.
      if (!slot || event.sequence <= slot.sequence) continue;
      next.set(key, { ...slot, row: family.evolve(slot.row, event, id), sequence: event.sequence });
    }
    try {
      await Promise.all(
        [...next].map(async ([key, { row, sequence, revision }]) => {
          const written = await rows.put(key, row, sequence, revision);
          if (written === undefined) throw new Error(`another projector wrote ${key}`);
          known.set(key, { row, sequence, revision: written });
        }),
      );
    } catch (error) {
      // Some of the rows may be written and some not: the bucket knows.
      known.clear();
      throw error;
    }
    if (known.size > remembered) known.clear();
  };
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
