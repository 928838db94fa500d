/**
 * Runs projections: events in, rows out, each event's effect exactly once; and rebuilds them while they are in use. Each
 * has two sides: one is read, and the other is idle, or filled anew until it takes the place of the first.
 */
import {
  type BucketContract,
  bucketStream,
  otherSide,
  partsOf,
  type ProjectionState,
  type RowOf,
  type Side,
  sideOf,
  whole,
} from "@natster/contracts";
import { partsOfProjection } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import { emptied } from "./copies.ts";
import { behind } from "./caught-up.ts";
import type { Applied } from "./fold.ts";
import type { Logger } from "../service/log.ts";
import type { ParkedPlace, ParkingReader, Place } from "./parking.ts";
import { type PartLag, runParts, type RunningParts } from "./parts.ts";
import { inParts, openState } from "./projection-state.ts";
import type { Projection } from "./projection.ts";
import { openRecord } from "./record.ts";
import { isRefusal, kitRefusal } from "../service/refusal.ts";
import type { RowReader } from "./rows.ts";
import type { Lag } from "./side.ts";
import { sleep } from "../sleep.ts";
import { streamsManager } from "../streams.ts";

export { type Applied, isApplied } from "./fold.ts";
export type { ParkingReader, Place } from "./parking.ts";
export type { Lag } from "./side.ts";

/** How a projection runs. */
export interface ProjectionOptions {
  readonly connection: NatsConnection;
  readonly log: Logger;
  /**
   * Told of a batch's events when its rows are written and before it is acknowledged, and of those that stand
   * aside now or no longer do: what throws here makes the batch come again, and what has come may come again. A rebuild tells nothing: what
   * it takes in is old.
   */
  readonly afterRows?: (applied: readonly Applied[], aside: readonly Place[]) => Promise<void>;
  /** Told, once for each, of events that newly stand aside, also of those that a rebuild could not take in. */
  readonly whenParked?: (parked: readonly ParkedPlace[]) => void;
  /** In how many parts the log is to be projected; in one where nothing is said. Another number is a rebuild. */
  readonly partitions?: number;
  /** Told when other rows have taken the place of those that were read, which may differ in any way. */
  readonly afterSwitch?: () => Promise<void>;
}

/** How a projection stands. */
export interface ProjectionStatus extends Lag {
  readonly version: number;
  readonly side: Side;
  /** From when a rebuild was begun until its rows are read: how much of the log has been taken in, from 0 to 1. */
  readonly rebuilt?: number;
  /** Where it is filled in several parts: how far each of them is. */
  readonly parts?: PartLag[];
}

/** A projection that runs. */
export interface RunningProjection<R> extends AsyncDisposable {
  /** The rows that are read; the same value stays good when others take their place. */
  readonly rows: RowReader<R>;
  readonly lag: ProjectionStatus;
  /**
   * Resolves when what was recorded at a sequence is in the rows, whichever process writes them. Throws the refusal
   * `behind` after two seconds, and at once where the rows are not what the log says and are being made anew.
   */
  caughtUp(after: number | undefined): Promise<void>;
  /** How it stands, whichever process writes: asked of nats-server, not remembered. */
  status(): Promise<ProjectionStatus>;
  /**
   * Who writes the rows that are read, by a name that nobody has a second time; undefined while nobody does. It changes
   * when another takes over, also where nothing has happened since that it could write.
   */
  writer(): Promise<string | undefined>;
  /** The events that stand aside, and those that wait behind them. */
  readonly parked: ParkingReader;
  /** Begins to fill the idle side from the first event on; where that is under way already, it goes on. */
  rebuild(): Promise<void>;
}

/** How often it is looked whether another process has begun or ended a rebuild, in milliseconds. */
const lookEvery = 250;
/** For how long a side is filled on after it was switched from: others may read it until they have looked. */
const linger = 5_000;

/** Runs a projection until it is disposed of. */
export async function runProjection<B extends BucketContract>(
  projection: Projection<B>,
  { connection, log, afterRows, whenParked, afterSwitch, partitions = 1 }: ProjectionOptions,
): Promise<RunningProjection<RowOf<B>>> {
  const { into } = projection;
  const version = into.version ?? 1;
  const wanted = partsOfProjection(into, partitions).length;
  const manager = await streamsManager(connection);
  const state = await openState(connection, into, wanted);
  const running = new Map<Side, RunningParts<RowOf<B>>>();
  const ending = new Map<Side, Promise<void>>();
  const stopping = new AbortController();
  /** The side that this process reads, and has told of. */
  let followed = state.seen.active;

  const active = await run(state.seen.active);

  async function run(side: Side): Promise<RunningParts<RowOf<B>>> {
    await ending.get(side);
    const { seen } = state;
    const { parts = 1 } = seen.building?.side === side ? seen.building : seen;
    const there = running.get(side);
    if (there?.count === parts) return there;
    if (there) await end(side);
    const started = await runParts({ ...projection, into: sideOf(into, side) }, partsOf(parts), {
      connection,
      log,
      ...(afterRows && { afterRows }),
      isTold: () => state.seen.active === side,
      ...(whenParked && { whenParked }),
      spoiled: (_reason, { doubted }) => makeAnew(side, doubted),
    });
    running.set(side, started);
    return started;
  }

  async function end(side: Side): Promise<void> {
    const there = running.get(side);
    running.delete(side);
    const ended = Promise.resolve(there?.[Symbol.asyncDispose]());
    ending.set(side, ended);
    await ended;
    ending.delete(side);
  }

  async function rebuild(): Promise<void> {
    const now = await state.look();
    if (now.building?.version === version) return;
    const idle = otherSide(now.active);
    await isProvided(idle);
    // Others may still fill what was read until lately; emptied now, it would be filled from the middle.
    if (Date.now() - Date.parse(now.since) < 2 * linger)
      throw kitRefusal("unavailable", { message: "rebuilt just now" });
    await end(idle);
    await empty(idle);
    await state.change((found) => ({ ...found, building: { side: idle, version, ...inParts(wanted) } }));
    log.info({ projection: into.name, side: idle, parts: wanted }, "rebuilding");
  }

  /** Throws `StreamNotFoundError` where the bucket of a side is gone. */
  const isProvided = (side: Side) => manager.streams.info(bucketStream(sideOf(into, side).name));

  /** A side that is read is read on while the other is filled; one that nobody reads yet is emptied. */
  async function makeAnew(side: Side, doubted: boolean): Promise<"kept" | "emptied"> {
    if ((await state.look()).active === side) {
      if (doubted) await doubt(side);
      await rebuildSurely();
      return "kept";
    }
    if (running.get(side)?.count === 1) {
      await empty(side);
      return "emptied";
    }
    // Other processes fill other parts of it, and would go on from the middle: it is given up, and begun again.
    await state.change((found) => ({ ...found, building: undefined, since: new Date().toISOString() }));
    void rebuildSurely().catch((error: unknown) => log.warn({ err: error, projection: into.name }, "not rebuilt"));
    return "kept";
  }

  /** Has every process know that the rows which are read cannot be relied on, until others take their place. */
  async function doubt(side: Side): Promise<void> {
    const isKnown = ({ active, doubted }: ProjectionState) => active !== side || doubted === true;
    while (!isKnown(await state.look())) {
      await state.change((found) => (isKnown(found) ? undefined : { ...found, doubted: true }));
    }
  }

  async function rebuildSurely(): Promise<void> {
    for (;;) {
      try {
        return await rebuild();
      } catch (error) {
        // So soon after another one it is refused.
        if (!isRefusal(error, "unavailable") || stopping.signal.aborted) throw error;
        await sleep(lookEvery, stopping.signal);
      }
    }
  }

  /** Empties a side and forgets what it had. */
  async function empty(side: Side): Promise<void> {
    const { name } = sideOf(into, side);
    await manager.streams.purge(bucketStream(name));
    emptied(connection, bucketStream(name));
    for (const part of [whole, ...partsOfProjection(into, partitions)]) {
      await (await openRecord(connection, sideOf(into, side), part)).keep(0, 0);
    }
  }

  /** Puts the side that was filled anew in the place of the one that is read, once it has all that the other has. */
  async function switchWhenComplete(): Promise<void> {
    const { building, active: read } = state.seen;
    if (building?.version !== version) return;
    const built = await run(building.side);
    const before = (await run(read)).lag.sequence;
    if (!(await built.isComplete())) return;
    // Before it is begun it seems to be complete; and a log that was put back ends before what was read of it.
    if (built.lag.sequence < before && !(await built.isAtEnd())) return;
    await state.change((found) =>
      found.building?.side === building.side
        ? { active: building.side, version, since: new Date().toISOString(), ...inParts(building.parts ?? 1) }
        : undefined,
    );
  }

  /** Follows what other processes do, and what this one has begun. */
  async function look(): Promise<void> {
    const before = followed;
    await switchWhenComplete();
    const now = await state.look();
    await run(now.active);
    if (now.active === before) {
      // What was being built was given up.
      if (now.building === undefined && running.has(otherSide(before))) await end(otherSide(before));
      return;
    }
    await afterSwitch?.();
    followed = now.active;
    log.info({ projection: into.name, side: now.active }, "rebuilt, and read from now on");
    await sleep(linger, stopping.signal);
    if (otherSide(state.seen.active) === before && state.seen.building === undefined) await end(before);
  }

  const following = (async () => {
    if (state.seen.version < version) await rebuild();
    // Once: a process that is told another number is not fought with.
    let divides = (state.seen.parts ?? 1) !== wanted && state.seen.building === undefined;
    for (let failing = false; !stopping.signal.aborted && !connection.isClosed();) {
      await sleep(lookEvery, stopping.signal);
      try {
        await look();
        const { building, since } = state.seen;
        if (divides && building === undefined && Date.now() - Date.parse(since) >= 2 * linger) {
          await rebuild();
          divides = false;
        }
        failing = false;
      } catch (error) {
        // Said once: what fails for long fails for the same reason.
        if (!failing && !connection.isClosed()) {
          log.warn({ err: error, projection: into.name }, "cannot look after a projection");
        }
        failing = true;
      }
    }
  })();

  const read = () => running.get(state.seen.active) ?? active;
  const reader = () => read().rows;
  const filling = () => state.seen.building && running.get(state.seen.building.side);
  const asStatus = (
    { sequence, behind, milliseconds, parked, writes }: Lag,
    rebuilt: number | undefined,
  ): ProjectionStatus => ({
    sequence,
    behind,
    milliseconds,
    parked,
    writes,
    version: state.seen.version,
    side: state.seen.active,
    ...(rebuilt !== undefined && { rebuilt }),
  });
  const ratio = (filled: Lag | undefined, { sequence }: Lag) =>
    filled && Math.min(1, filled.sequence / Math.max(1, sequence));
  return {
    rows: {
      get: (key) => reader().get(key),
      slots: (keys) => reader().slots(keys),
      scan: (...filters) => reader().scan(...filters),
      page: (filter, options) => reader().page(filter, options),
      newest: (filter, options) => reader().newest(filter, options),
      count: (filter) => reader().count(filter),
    },
    get lag() {
      const { lag } = read();
      return asStatus(lag, ratio(filling()?.lag, lag));
    },
    async status() {
      const measured = await read().measure();
      const now = await state.now();
      // Nobody would miss the other side until it is to be filled.
      await isProvided(otherSide(now.active));
      // What was begun or ended just now is followed in a moment.
      const ended = now.active === followed ? undefined : 1;
      const rebuilt = now.building ? (ratio(await filling()?.measure(), measured) ?? 0) : ended;
      return {
        ...asStatus(measured, rebuilt),
        ...(measured.parts && { parts: [...measured.parts] }),
      };
    },
    parked: {
      has: (place) => read().parked.has(place),
      total: () => read().parked.total(),
      page: (options) => read().parked.page(options),
      of: (events, known) => read().parked.of(events, known),
    },
    writer: () => read().writer(),
    async caughtUp(after) {
      if (after !== undefined && state.seen.doubted) throw behind();
      await read().caughtUp(after);
    },
    rebuild,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await following;
      await Promise.all([...running.keys()].map(end));
    },
  };
}
