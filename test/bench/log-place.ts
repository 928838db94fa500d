/** A log to be projected, and nothing else: a nats-server with the streams, and shares that are given and taken back. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sideOf } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import { shares } from "@natster/contracts/read-models";
import { connect, silentLog } from "@natster/micro";
import { provision } from "@natster/micro/provision";
import { startNatsServer } from "@natster/nats-server";
import { createKey, createOperator, formatCreds, keyFromSeed, userJwt } from "@natster/trust";
import { jetstreamManager } from "@nats-io/jetstream";
import { type Runner, startRunner } from "./errands.ts";
import { fillShares, manyPairs } from "./fill.ts";
import type { LogErrands } from "./log-worker.ts";

/** What a process is told that projects the log. */
export interface Setup {
  readonly url: string;
  readonly creds: string;
}

/** A durable that delivers what that of the read model `shares` does, and in the same way; of it nothing is written. */
export const bareDurable = "bare";

export interface LogPlace extends AsyncDisposable {
  /** How many events there are. */
  readonly events: number;
  /** The keys of all rows that follow from them, on their owners' side; every one stands after an odd number of turns. */
  readonly keys: readonly string[];
  /** Appends so many more; resolves with the seconds that it took. */
  fill(events: number): Promise<number>;
  /**
   * Starts a process that projects them. V8 collects what is no longer needed when it has to: with so many MB for what
   * is kept, it has to, and what is kept for good does not fit however long the log is.
   */
  start(heap?: number): Promise<Runner<LogErrands>>;
}

/** Opens a log between so many owners with a catalog each and as many recipients. */
export async function openLogPlace(catalogs: number): Promise<LogPlace> {
  await using undo = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "natster-bench-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const { operatorJwt: jwt, systemAccount, preload, offline } = createOperator({ issuedAt: now() });
  const { url } = undo.use(await startNatsServer({ directory, operator: { jwt, systemAccount, preload } }));
  const creds = everything(offline.streams);
  const connection = await connect({ servers: url, creds, name: "bench", log: silentLog() });
  undo.defer(() => connection.close());
  await provision(connection);
  const manager = await jetstreamManager(connection);
  const { config } = await manager.consumers.info(eventStream, sideOf(shares.into, "a").name);
  await manager.consumers.add(eventStream, { ...config, name: bareDurable, durable_name: bareDurable });

  const pairs = manyPairs(catalogs);
  let events = 0;
  const ending = undo.move();
  return {
    get events() {
      return events;
    },
    keys: pairs.map(({ id }) => `out.${id.owner}.${id.catalog}.${id.recipient}`),
    async fill(count) {
      const started = performance.now();
      await fillShares(connection, { pairs, events: count, from: events });
      events += count;
      return (performance.now() - started) / 1000;
    },
    start: (heap) =>
      startRunner<LogErrands>(
        "log-worker.ts",
        { url, creds } satisfies Setup,
        heap === undefined ? undefined : [`--max-old-space-size=${heap}`, "--max-semi-space-size=8"],
      ),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

const now = () => Math.floor(Date.now() / 1000);

/** Creds of a user who may do everything in an account. */
function everything(seed: string): string {
  const user = createKey("user");
  const permissions = { pub: { allow: [">"] }, sub: { allow: [">"] } };
  const request = { user: user.public, name: "bench", permissions, issuedAt: now() };
  return formatCreds(userJwt(keyFromSeed(seed, "account"), request), user);
}
