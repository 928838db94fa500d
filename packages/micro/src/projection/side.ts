/**
 * One side of a projection: a bucket that is filled from the log by one process at a time, with others standing by.
 *
 * The durable is pinned to one of those that pull from it. Whoever becomes that one begins where the bucket is: the
 * position lives with the rows, and what the durable knows of it is a hint.
 */
import { type BucketContract, type Part, partName, type RowOf, whole } from "@natster/contracts";
import { filtersOf, projectionSides } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import { type Arrival, arrivalsOf } from "./arrival.ts";
import { jitteredBackoff } from "../connection/backoff.ts";
import { behind, caughtUp } from "./caught-up.ts";
import { openDurable } from "../events/durable.ts";
import type { Applied } from "./fold.ts";
import type { Logger } from "../service/log.ts";
import { createOrder } from "./order.ts";
import { openParking, type ParkedPlace, type ParkingReader, type Place, readParking } from "./parking.ts";
import { openPosition } from "./position.ts";
import type { Projection } from "./projection.ts";
import { reasonOf } from "../reason.ts";
import { openRows, type RowReader, UnreadableRowError } from "./rows.ts";
import { sleep } from "../sleep.ts";
import { createTaking, type Taking, type Written } from "./taking.ts";

/** How a side runs. */
export interface SideOptions {
  readonly connection: NatsConnection;
  readonly log: Logger;
  /**
   * Told of a batch's events when its rows are written and before it is acknowledged, and of those that stand aside now
   * or no longer do: what throws here makes the batch come again, and what has come may come again.
   */
  readonly afterRows?: (applied: readonly Applied[], aside: readonly Place[]) => Promise<void>;
  /** Whether `afterRows` is told at this moment; always where nothing is said. */
  readonly isTold?: () => boolean;
  /** Told, once for each, of events that newly stand aside. */
  readonly whenParked?: (parked: readonly ParkedPlace[]) => void;
  /**
   * Told that the rows are not what the log says and cannot become it by going on, and why. It sees to it that they are
   * made anew, and says whether it has emptied them for that: then they are filled from the first event on. `doubted`
   * where nobody can say which rows it is, so that none may be taken to have an event.
   */
  readonly spoiled?: (reason: string, how: { readonly doubted: boolean }) => Promise<"kept" | "emptied">;
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
   * `behind` after two seconds, and at once where the bucket or the log has lost what it had.
   */
  caughtUp(after: number | undefined): Promise<void>;
  /** Whether the rows have everything that was in the log when this was asked. */
  isComplete(): Promise<boolean>;
  /** Whether the log has nothing for these rows after what this process knows to be in them. */
  isAtEnd(): Promise<boolean>;
  /** What stands aside. */
  readonly parked: ParkingReader;
  /** Who writes the rows, by a name that nobody has a second time; undefined while nobody does. */
  writer(): Promise<string | undefined>;
  /** How far the rows are, whichever process writes them: asked of nats-server, not remembered. */
  measure(): Promise<Lag>;
}

/** How often it is looked whether something that was delivered is lost, in milliseconds. */
const looksEvery = 2_000;

/** After so many events that it does not read, a side writes down how far it is all the same. */
const passedOverAtMost = 1_000;

/** Runs one side on the durable of its bucket's name, until it is disposed of. */
export async function runSide<B extends BucketContract>(
  projection: Projection<B>,
  { connection, log: logger, afterRows, isTold = () => true, whenParked, spoiled, part = whole }: SideOptions,
): Promise<RunningSide<RowOf<B>>> {
  const { into } = projection;
  const log = logger.child({ projection: into.name, ...(part.of > 1 && { part }) });
  const contract = projectionSides.find(({ durable: { name } }) => name === into.name)?.durable;
  if (!contract) throw new Error(`${into.name} is no side of a projection`);
  const arriving = arrivalsOf(projection, { contract, part, isTold });
  const rows = await openRows(connection, into);
  const parked = await readParking(connection, into);
  const durable = await openDurable(connection, partName(into.name, part), { pinned: true });
  const stopping = new AbortController();
  const order = createOrder();
  /** Another process was seen at it, other than by what was delivered. */
  let disturbed = false;
  const disturb = (error: unknown) => {
    log.debug({ err: error }, "cannot write the position");
    disturbed = true;
  };
  const position = await openPosition(connection, into, disturb, part);
  let parking = await openParking(connection, into, part);
  let taking = makeTaking();
  let lag: Lag = {
    sequence: await position.read(),
    behind: 0,
    milliseconds: 0,
    parked: parking.count,
    writes: false,
  };
  /** Up to where the position was told. */
  let told = lag.sequence;
  let wake = Promise.withResolvers<void>();
  /** The nats-server that had the rows when this process began to write. */
  let server: string | undefined;
  /** Why the bucket or the log is not what it was, and the nats-server that had both when that was looked at. */
  let doubt: string | undefined;
  let examined: string | undefined;
  const troubles = jitteredBackoff(100, 5_000);
  /** Why rows have not been written since they were last: each is said once. */
  const reasons = new Set<string>();

  function makeTaking(): Taking<RowOf<B>> {
    return createTaking({
      projection,
      part,
      rows,
      parking,
      durable,
      afterRows: () => (isTold() ? afterRows : undefined),
      whenParked(newly) {
        for (const { seq, subject, reason } of newly) log.error({ sequence: seq, subject, reason }, "parked");
        whenParked?.(newly);
      },
      spoiled: (reason) => beSpoiled(reason, { doubted: false }),
      written,
    });
  }

  /** Looks whether the bucket and the log are what they were. */
  async function examine(): Promise<void> {
    const at = connection.info?.server_id;
    doubt = await position.doubt();
    examined = at;
  }

  /** Begins to write, or begins again: from where the rows are, with nothing remembered of what others wrote. */
  async function begin(): Promise<void> {
    order.forget();
    disturbed = false;
    server = connection.info?.server_id;
    await examine();
    if (doubt !== undefined) await beSpoiled(doubt, { doubted: true }).catch(unlessEmptied);
    parking = await openParking(connection, into, part);
    taking = makeTaking();
    const sequence = await position.read();
    await durable.rewind(sequence + 1);
    order.rewound(Date.now());
    told = sequence;
    lag = { ...lag, sequence, parked: parking.count, writes: true };
  }

  /** What was delivered is in the rows. One batch that has nothing for this projection changes none: it costs little. */
  function written({ first, last, isRead: concerned }: Written): void {
    lag = {
      sequence: Math.max(lag.sequence, last.seq),
      behind: last.pending,
      milliseconds: Math.max(0, Date.now() - first.time),
      parked: parking.count,
      writes: true,
    };
    if (concerned || lag.sequence >= told + passedOverAtMost) {
      told = lag.sequence;
      position.reached(told);
    }
    wake.resolve();
    wake = Promise.withResolvers();
    if (reasons.size > 0) log.info("rows are written again");
    reasons.clear();
    troubles.reset();
  }

  /** What cannot be mended by going on is left to whoever looks after both sides. */
  async function beSpoiled(reason: string, how: { readonly doubted: boolean }): Promise<void> {
    if (!reasons.has(reason)) log.error({ reason }, "the rows have to be made anew");
    reasons.add(reason);
    await position.forget();
    if ((await spoiled?.(reason, how)) === "emptied") throw new EmptiedError();
  }

  /**
   * Takes in what continues the rows. Something else means that another process was at it, or that something was
   * delivered again out of its order: then it is begun again, and what came is left to come once more.
   */
  async function follow(batch: readonly Arrival<RowOf<B>>[]): Promise<void> {
    // Another nats-server, or the same after a crash, may have lost the last of what it had acknowledged.
    const elsewhere = batch.length > 0 && lag.writes && connection.info?.server_id !== server;
    if (elsewhere || disturbed || order.isAmiss(Date.now())) return begin();
    const fitting: Arrival<RowOf<B>>[] = [];
    let isAmiss = false;
    for (const arrival of batch) {
      const delivery = order.take(arrival.delivered.number, Date.now());
      if (delivery === "next") fitting.push(arrival);
      isAmiss = delivery === "amiss";
      if (isAmiss) break;
    }
    if (fitting.length > 0) await taking.take(fitting);
    // What is held waits for what is on its way, which does not come.
    if (isAmiss || batch.length === 0) await taking.write();
    if (isAmiss || (batch.length === 0 && (await isLost()))) await begin();
  }

  let looked = 0;
  /** Looked at in quiet times: nothing new may come that would show it. */
  async function isLost(): Promise<boolean> {
    if (Date.now() - looked < looksEvery) return false;
    looked = Date.now();
    // Who cannot ask now asks again.
    return durable.isLost().catch(() => false);
  }

  /** Does something, and where it fails begins again, however often it needs; at the end it is left to whoever follows. */
  async function surely(work: () => Promise<void>): Promise<void> {
    for (let next = work; !stopping.signal.aborted && !connection.isClosed();) {
      try {
        return await next();
      } catch (error) {
        next = begin;
        if (error instanceof EmptiedError) continue;
        if (error instanceof UnreadableRowError) {
          next = () => beSpoiled(error.message, { doubted: false }).then(begin);
        } else {
          const reason = reasonOf(error);
          if (!reasons.has(reason)) log.error({ err: error }, "cannot write rows, trying again");
          reasons.add(reason);
        }
        await sleep(troubles.next(), stopping.signal);
      }
    }
  }

  const working = (async () => {
    // A bucket that was put back behind what the durable remembers would wait for ever for what was acknowledged.
    const { acknowledged } = await durable.backlog();
    const first = await durable.first(lag.sequence, filtersOf(contract));
    // Up to there nothing was for this projection: the checkpoint need not say so.
    if (first === undefined || first > acknowledged) lag = { ...lag, sequence: Math.max(lag.sequence, acknowledged) };
    if (acknowledged > lag.sequence || (await position.doubt()) !== undefined) await surely(begin);
    for await (const batch of durable.batches(arriving)) await surely(() => follow(batch));
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
    isAtEnd: async () => (await durable.first(lag.sequence, filtersOf(contract))) === undefined,
    parked,
    writer: () => durable.pin(),
    async measure() {
      const { pending, unacknowledged, acknowledged } = await durable.backlog();
      const sequence = Math.max(lag.sequence, await position.read());
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
      if (after === undefined) return;
      // Rows that are ahead of a log which was put back would pass for having what is recorded in it from then on.
      if (doubt !== undefined || connection.info?.server_id !== examined) await examine();
      if (doubt !== undefined) throw behind();
      await caughtUp(after, { lag: () => lag, position, durable, isComplete, next: () => wake.promise });
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      durable.stop();
      await working;
      await position[Symbol.asyncDispose]();
      // Where this fails, the others notice after a while.
      if (lag.writes && !connection.isClosed()) await durable.unpin().catch(() => undefined);
    },
  };
}

/** The bucket was emptied, to be filled from the first event on. */
class EmptiedError extends Error {}

const unlessEmptied = (error: unknown) => {
  if (!(error instanceof EmptiedError)) throw error;
};
