/** Runs projections: events in, rows out, each event's effect exactly once. */
import type { BucketContract, RowOf } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import type { JsMsg } from "@nats-io/jetstream";
import { openCheckpoint } from "./checkpoint.ts";
import { openDurable } from "./durable.ts";
import { type Applied, createFold } from "./fold.ts";
import type { Logger } from "./log.ts";
import { openParking } from "./parking.ts";
import type { Projection } from "./projection.ts";
import { Refusal } from "./refusal.ts";
import { openRows, type RowReader } from "./rows.ts";

export { type Applied, isApplied } from "./fold.ts";

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

/** How far a projection is. */
export interface Lag {
  /** Sequence of the last event that the rows have seen. */
  readonly sequence: number;
  /** How many events wait. */
  readonly behind: number;
  /** How many events could not be taken in, and stand aside. */
  readonly parked: number;
}

/** A projection that runs. */
export interface RunningProjection<R> extends AsyncDisposable {
  readonly rows: RowReader<R>;
  /**
   * Resolves when what was recorded at a sequence is in the rows, whichever process writes them. Throws the refusal
   * `behind` after two seconds.
   */
  caughtUp(after: number | undefined): Promise<void>;
  readonly lag: Lag;
}

/** Runs a projection on the durable of its bucket's name, until it is disposed of. */
export async function runProjection<B extends BucketContract>(
  projection: Projection<B>,
  { connection, log: logger, afterRows }: ProjectionOptions,
): Promise<RunningProjection<RowOf<B>>> {
  const { into } = projection;
  const log = logger.child({ projection: into.name });
  const rows = await openRows(connection, into);
  const checkpoint = await openCheckpoint(connection, into);
  const parking = await openParking(connection, into);
  const durable = await openDurable(connection, into.name);
  const fold = createFold(projection, rows, parking);
  const stopping = new AbortController();
  let lag: Lag = { sequence: await checkpoint.read(), behind: 0, parked: parking.count };
  let wake = Promise.withResolvers<void>();

  /** A batch is done with once its rows, then the checkpoint, are on disk. */
  async function take(batch: readonly JsMsg[]): Promise<void> {
    const applied = await fold(batch);
    for (const { seq, subject, reason } of await parking.save())
      log.error({ sequence: seq, subject, reason }, "parked");
    await afterRows?.(applied);
    const last = batch.at(-1);
    const sequence = Math.max(lag.sequence, last?.seq ?? 0);
    await checkpoint.advance(sequence);
    for (const message of batch) message.ack();
    lag = { sequence, behind: last?.info.pending ?? 0, parked: parking.count };
    wake.resolve();
    wake = Promise.withResolvers();
  }

  /** Takes a batch however often it needs; one that is left over at the end comes again, to whoever follows. */
  async function takeSurely(batch: readonly JsMsg[]): Promise<void> {
    for (let pause = 100; !stopping.signal.aborted && !connection.isClosed(); pause = Math.min(pause * 2, 5_000)) {
      try {
        await take(batch);
        if (pause > 100) log.info("rows are written again");
        return;
      } catch (error) {
        // Said once: what fails for long fails for the same reason.
        if (pause === 100) log.error({ err: error }, "cannot write rows, trying again");
        await sleep(pause, stopping.signal);
      }
    }
  }

  const working = (async () => {
    // The consumer's own position is a hint: what it forgot or never learnt of is read again, and changes nothing.
    await durable.rewind(lag.sequence + 1);
    for await (const batch of durable.batches()) await takeSurely(batch);
  })().catch((error: unknown) => {
    // Without its rows a service would answer with yesterday's: it ends, and whoever runs it starts another.
    log.fatal({ err: error }, "the projection cannot go on");
    void connection.close();
  });

  return {
    rows,
    get lag() {
      return lag;
    },
    async caughtUp(after) {
      if (after === undefined || lag.sequence >= after) return;
      for (const until = Date.now() + 2_000; Date.now() < until;) {
        await Promise.race([wake.promise, sleep(25)]);
        if (lag.sequence >= after || (await checkpoint.read()) >= after) return;
        // What is recorded there may be of no kind that this projection reads: then it has nothing to wait for.
        const { pending, unacknowledged } = await durable.backlog();
        if (pending === 0 && unacknowledged === 0) return;
      }
      throw new Refusal(503, { reason: "behind", message: "what was just recorded is not visible yet" });
    },
    async [Symbol.asyncDispose]() {
      durable.stop();
      stopping.abort();
      await working;
    },
  };
}

/** Waits, or until somebody stops it. */
const sleep = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
