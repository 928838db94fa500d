/**
 * One side of a projection: a bucket that is filled from the log by one process at a time, with others standing by.
 *
 * The durable is pinned to one of those that pull from it. Whoever becomes that one begins where the bucket is: the
 * position lives with the rows, and what the durable knows of it is a hint.
 */
import { type BucketContract, isOfPart, type Part, partName, type RowOf, whole } from "@natster/contracts";
import { filtersOf, projectionSides, readsOf } from "@natster/contracts/platform";
import type { JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { openCheckpoint } from "./checkpoint.ts";
import { openDurable } from "./durable.ts";
import { type Applied, createFold, readFor, type Reading, type Stored } from "./fold.ts";
import type { Logger } from "./log.ts";
import { isDecision, mend } from "./mend.ts";
import { createOrder } from "./order.ts";
import { openParking, type ParkedPlace, type ParkingReader, type Place, readParking } from "./parking.ts";
import type { Projection } from "./projection.ts";
import { Refusal } from "./refusal.ts";
import { openRecord } from "./record.ts";
import { openRows, type RowReader } from "./rows.ts";
import { sleep } from "./sleep.ts";

/** How a side runs. */
export interface SideOptions {
  readonly connection: NatsConnection;
  readonly log: Logger;
  /**
   * Told of a batch's events when its rows are written and before it is acknowledged, and of those that stand aside now
   * or no longer do: what throws here makes the batch come again, and what has come may come again.
   */
  readonly afterRows?: (applied: readonly Applied[], aside: readonly Place[]) => Promise<void>;
  /** Told, once for each, of events that newly stand aside. */
  readonly whenParked?: (parked: readonly ParkedPlace[]) => void;
  /**
   * Told that the rows are not what the log says and cannot become it by going on, and why. It sees to it that they are
   * made anew, and says whether it has emptied them for that: then they are filled from the first event on.
   */
  readonly spoiled?: (reason: string) => Promise<"kept" | "emptied">;
  /** Which part of the log it takes in, beside others that fill the same bucket; all of it where nothing is said. */
  readonly part?: Part;
}

/** How far the rows are. */
export interface Lag {
  /** Sequence of the last event that the rows have seen. */
  readonly sequence: number;
  /** How many events wait. */
  readonly behind: number;
  /** For how long the oldest that waits, or of those that were written last, has waited or had, in milliseconds. */
  readonly milliseconds: number;
  /** How many events could not be taken in, and stand aside. */
  readonly parked: number;
  /** Whether this process is the one that writes; the others stand by. */
  readonly writes: boolean;
}

/** A side that runs. */
export interface RunningSide<R> extends AsyncDisposable {
  readonly rows: RowReader<R>;
  readonly lag: Lag;
  /**
   * Resolves when what was recorded at a sequence is in the rows, whichever process writes them. Throws the refusal
   * `behind` after two seconds.
   */
  caughtUp(after: number | undefined): Promise<void>;
  /** Whether the rows have everything that was in the log when this was asked. */
  isComplete(): Promise<boolean>;
  /** What stands aside. */
  readonly parked: ParkingReader;
  /** Who writes the rows, by a name that nobody has a second time; undefined while nobody does. */
  writer(): Promise<string | undefined>;
  /** How far the rows are, whichever process writes them: asked of nats-server, not remembered. */
  measure(): Promise<Lag>;
}

/** How often it is looked whether whoever wrote has gone, in milliseconds. */
const looksEvery = 2_000;

/** After so many events that it does not read, a side writes down how far it is all the same. */
const passedOverAtMost = 1_000;

/** Runs one side on the durable of its bucket's name, until it is disposed of. */
export async function runSide<B extends BucketContract>(
  projection: Projection<B>,
  { connection, log: logger, afterRows, whenParked, spoiled, part = whole }: SideOptions,
): Promise<RunningSide<RowOf<B>>> {
  const { into } = projection;
  const log = logger.child({ projection: into.name, ...(part.of > 1 && { part }) });
  const contract = projectionSides.find(({ durable: { name } }) => name === into.name)?.durable;
  if (!contract) throw new Error(`${into.name} is no side of a projection`);
  const isRead = readsOf(contract);
  /** A decision about the projection is for every part of it. */
  const reads = (subject: string) => isRead(subject) && (isDecision({ subject }) || isOfPart(subject, part));
  const rows = await openRows(connection, into);
  let checkpoint = await openCheckpoint(connection, into, part);
  const record = await openRecord(connection, into, part);
  const durable = await openDurable(connection, partName(into.name, part), { pinned: true });
  const stopping = new AbortController();
  const parked = await readParking(connection, into);
  let parking = await openParking(connection, into, part);
  let fold = createFold(projection, rows, parking);
  let lag: Lag = {
    sequence: await checkpoint.read(),
    behind: 0,
    milliseconds: 0,
    parked: parking.count,
    writes: false,
  };
  /** Up to where the checkpoint says it, as far as this process knows. */
  let saved = lag.sequence;
  let wake = Promise.withResolvers<void>();
  const order = createOrder();
  /** The nats-server that had the rows when this process began to write. */
  let server: string | undefined;

  /** Begins to write, or begins again: from where the rows are, with nothing remembered of what others wrote. */
  async function begin(): Promise<void> {
    order.forget();
    server = connection.info?.server_id;
    const doubt = await record.doubt();
    if (doubt !== undefined) await beSpoiled(doubt).catch(unlessEmptied);
    parking = await openParking(connection, into, part);
    fold = createFold(projection, rows, parking);
    checkpoint = await openCheckpoint(connection, into, part);
    const sequence = await checkpoint.read();
    await durable.rewind(sequence + 1);
    order.rewound(Date.now());
    saved = sequence;
    lag = { ...lag, sequence, parked: parking.count, writes: true };
  }

  /**
   * What continues the rows. Something else means that another process was at it, or that something was delivered
   * again out of its order: then it is begun again, and what came is left to come once more.
   */
  async function inOrder(batch: readonly Arrival<RowOf<B>>[]): Promise<readonly Arrival<RowOf<B>>[]> {
    // Another nats-server, or the same after a crash, may have lost the last of what it had acknowledged.
    const elsewhere = lag.writes && connection.info?.server_id !== server;
    if ((elsewhere && batch.length > 0) || order.isAmiss(Date.now())) {
      await beginSurely();
      return [];
    }
    const fitting: Arrival<RowOf<B>>[] = [];
    for (const arrival of batch) {
      const delivery = order.take(arrival.message.info.deliverySequence, Date.now());
      if (delivery === "next") fitting.push(arrival);
      if (delivery !== "amiss") continue;
      if (fitting.length > 0) await takeSurely(fitting);
      await beginSurely();
      return [];
    }
    return fitting;
  }

  /**
   * A batch is done with once its rows, then the checkpoint, are written, and the record of them is on disk. One that has
   * nothing for this projection changes no row, and is done with as it comes: to pass over it again costs little.
   */
  async function take(batch: readonly Arrival<RowOf<B>>[]): Promise<void> {
    const applied: Applied[] = [];
    const aside: Place[] = [];
    const working = () => {
      for (const { message } of batch) message.working();
    };
    const read = batch.filter(({ isRead }) => isRead);
    for (const piece of betweenDecisions(read)) {
      if ("decision" in piece) {
        const mended = await mend(piece.decision, {
          part,
          parking,
          fold: (events) => fold(events.flatMap((stored) => readFor(projection, stored) ?? [])),
          read: (seq) => durable.read(seq),
          working,
          spoiled: beSpoiled,
        });
        applied.push(...mended.applied);
        aside.push(...mended.freed);
      } else {
        applied.push(...(await fold(piece.events)));
      }
      const { parked, newly } = await parking.save();
      for (const { seq, subject, reason } of newly) log.error({ sequence: seq, subject, reason }, "parked");
      if (newly.length > 0) whenParked?.(newly);
      aside.push(...parked);
    }
    await afterRows?.(applied, aside);
    const [first, last] = [batch.at(0)?.message, batch.at(-1)?.message];
    const sequence = Math.max(lag.sequence, last?.seq ?? 0);
    const saves = read.length > 0 || sequence >= saved + passedOverAtMost;
    const written = saves ? await checkpoint.advance(sequence) : undefined;
    lag = {
      sequence,
      behind: last?.info.pending ?? 0,
      milliseconds: first ? Math.max(0, Date.now() - first.time.getTime()) : 0,
      parked: parking.count,
      writes: true,
    };
    wake.resolve();
    wake = Promise.withResolvers();
    if (written !== undefined) {
      await record.keep(sequence, written);
      saved = sequence;
    }
    for (const { message } of batch) message.ack();
  }

  /** What cannot be mended by going on is left to whoever looks after both sides. */
  async function beSpoiled(reason: string): Promise<void> {
    log.error({ reason }, "the rows have to be made anew");
    if ((await spoiled?.(reason)) === "emptied") throw new EmptiedError();
  }

  /** Does something however often it needs; what is left over at the end comes again, to whoever follows. */
  async function surely(work: () => Promise<void>, failed: string, again: string): Promise<void> {
    for (let pause = 100; !stopping.signal.aborted && !connection.isClosed(); pause = Math.min(pause * 2, 5_000)) {
      try {
        await work();
        if (pause > 100) log.info(again);
        return;
      } catch (error) {
        if (error instanceof EmptiedError) return beginSurely();
        // Said once: what fails for long fails for the same reason.
        if (pause === 100) log.error({ err: error }, failed);
        await sleep(pause, stopping.signal);
      }
    }
  }
  const takeSurely = (batch: readonly Arrival<RowOf<B>>[]) =>
    surely(() => take(batch), "cannot write rows, trying again", "rows are written again");
  const beginSurely = (): Promise<void> =>
    surely(begin, "cannot begin to write rows, trying again", "rows are written from now on");

  let looked = 0;
  /** Looked at in quiet times: whoever wrote may have gone with what was delivered to it, and nothing new may come. */
  const isAbandoned = async (): Promise<boolean> => {
    if (Date.now() - looked < looksEvery) return false;
    looked = Date.now();
    // Who cannot ask now asks again.
    return durable.isAbandoned().catch(() => false);
  };

  const working = (async () => {
    // A bucket that was put back behind what the durable remembers would wait for ever for what was acknowledged.
    const { acknowledged } = await durable.backlog();
    const first = await durable.first(lag.sequence, filtersOf(contract));
    // Up to there nothing was for this projection: the checkpoint need not say so.
    if (first === undefined || first > acknowledged) lag = { ...lag, sequence: Math.max(lag.sequence, acknowledged) };
    if (acknowledged > lag.sequence || (await record.doubt()) !== undefined) await beginSurely();
    const arriving = (message: JsMsg): Arrival<RowOf<B>> => {
      const isRead = reads(message.subject);
      return { message, isRead, reading: isRead ? readFor(projection, message) : undefined };
    };
    for await (const batch of durable.batches(arriving)) {
      if (batch.length === 0 && (await isAbandoned())) await beginSurely();
      const fitting = await inOrder(batch);
      if (fitting.length > 0) await takeSurely(fitting);
    }
  })().catch((error: unknown) => {
    // Without its rows a service would answer with yesterday's: it ends, and whoever runs it starts another.
    log.fatal({ err: error }, "the projection cannot go on");
    void connection.close();
  });

  const isComplete = async () => {
    const { pending, unacknowledged } = await durable.backlog();
    return pending === 0 && unacknowledged === 0;
  };

  return {
    rows,
    get lag() {
      return lag;
    },
    isComplete,
    parked,
    writer: () => durable.pin(),
    async measure() {
      const { pending, unacknowledged, acknowledged } = await durable.backlog();
      const sequence = Math.max(lag.sequence, await checkpoint.read());
      const behind = pending + unacknowledged;
      return {
        sequence,
        behind,
        milliseconds: behind > 0 ? await durable.age(Math.max(sequence, acknowledged)) : 0,
        parked: await parked.total(),
        writes: lag.writes,
      };
    },
    async caughtUp(after) {
      if (after === undefined || lag.sequence >= after) return;
      // What nobody has recorded yet is not waited for: whoever was told a position was told it by the log.
      if ((await durable.end()) < after) throw behind();
      for (const until = Date.now() + 2_000; Date.now() < until;) {
        await Promise.race([wake.promise, sleep(25)]);
        if (lag.sequence >= after || (await checkpoint.read()) >= after || (await isComplete())) return;
      }
      throw behind();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      durable.stop();
      await working;
      // Where this fails, the others notice after a while.
      if (lag.writes && !connection.isClosed()) await durable.unpin().catch(() => undefined);
    },
  };
}

const behind = () => new Refusal(503, { reason: "behind", message: "what was just recorded is not visible yet" });

/** The bucket was emptied, to be filled from the first event on. */
class EmptiedError extends Error {}

const unlessEmptied = (error: unknown) => {
  if (!(error instanceof EmptiedError)) throw error;
};

/** What has arrived, whether this side is to read it, and what it says where it makes rows. */
interface Arrival<R> {
  readonly message: JsMsg;
  readonly isRead: boolean;
  readonly reading: Reading<R> | undefined;
}

/** Events as they came, those between two decisions about the projection itself together. */
function* betweenDecisions<R>(
  batch: readonly Arrival<R>[],
): Generator<{ readonly decision: Stored } | { readonly events: readonly Reading<R>[] }> {
  let events: Reading<R>[] = [];
  for (const { message, reading } of batch) {
    if (reading) events.push(reading);
    if (!isDecision(message)) continue;
    if (events.length > 0) yield { events };
    yield { decision: message };
    events = [];
  }
  if (events.length > 0) yield { events };
}
