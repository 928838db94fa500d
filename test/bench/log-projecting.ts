/** The projecting half of the bench of the log: catching up with events that are there, and making all rows anew. */
import { fork } from "node:child_process";
import { once } from "node:events";
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
import { fillShares, manyPairs } from "./fill.ts";
import { type Bench, compare, fact, least, limit, quantile, type Row } from "./harness.ts";
import type { WorkerAnswer, WorkerOptions, WorkerTask } from "./log-worker.ts";

/** How many catalogs there are, and on either side as many accounts. */
const catalogs = 1_000;
/** The most memory that a process may take while it makes all rows anew, in MB. */
const memory = 400;

export const measureProjecting: Bench = async ({ rounds }) => {
  await using undo = new AsyncDisposableStack();
  const asked = Number(process.env["NATSTER_EVENTS"] ?? 100_000);
  const directory = await mkdtemp(join(tmpdir(), "natster-bench-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const { operatorJwt: jwt, systemAccount, preload, offline } = createOperator({ issuedAt: now() });
  const nats = undo.use(await startNatsServer({ directory, operator: { jwt, systemAccount, preload } }));
  const creds = everything(offline.streams);
  const connection = await connect({ servers: nats.url, creds, name: "bench", log: silentLog() });
  undo.defer(() => connection.close());
  await provision(connection);
  await addBareDurable(await jetstreamManager(connection));
  const start = () => startWorker({ url: nats.url, creds, bare });
  const worker = undo.use(await start());

  const pairs = manyPairs(catalogs);
  let [events, filling] = [0, 0];
  const fill = async (count: number) => {
    const started = performance.now();
    await fillShares(connection, { pairs, events: count, from: events });
    events += count;
    filling += performance.now() - started;
  };

  // What there is in the end is filled in slices, one for each round. Both sides go on from where they were.
  const slice = Math.ceil(asked / (rounds + 1) / catalogs) * catalogs;
  const at = { project: 0, take: 0 };
  const catchUp = (task: keyof typeof at) => async () => {
    at[task] += slice;
    if (events < at[task]) await fill(slice);
    return slice / (await worker.ask({ do: task, until: at[task] })).seconds;
  };
  const inTurns = { ours: catchUp("project"), baseline: catchUp("take") };
  const live = await compare("events projected, catching up live", "/s", inTurns, rounds, { atLeast: 0.5 });

  // After an odd number of turns over all pairs every share stands.
  if ((events / catalogs) % 2 === 0) {
    await fill(catalogs);
    await worker.ask({ do: "project", until: events });
  }
  const keys = pairs.map(({ id }) => `out.${id.owner}.${id.catalog}.${id.recipient}`);
  const rebuilds: WorkerAnswer[] = [];
  const anew = {
    async ours() {
      // What a process takes is told by one that has done nothing else.
      await using fresh = await start();
      const rebuilt = await fresh.ask({ do: "rebuild", keys });
      rebuilds.push(rebuilt);
      return events / rebuilt.seconds;
    },
    async baseline() {
      await worker.ask({ do: "rewind" });
      return events / (await worker.ask({ do: "take", until: events })).seconds;
    },
  };
  const all = events.toLocaleString("en");
  const rebuilt = await compare(`events projected, in a rebuild of ${all}`, "/s", anew, Math.min(rounds, 3), {
    atLeast: 0.5,
  });
  const queries = rebuilds.flatMap(({ queries: times = [] }) => times);
  const failed = rebuilds.reduce((sum, each) => sum + (each.failed ?? 0), 0);
  const resident = Math.max(...rebuilds.map(({ resident: bytes = Number.NaN }) => bytes)) / 1e6;
  return [
    fact("events filled beforehand, in atomic batches", "/s", events / (filling / 1000)),
    live,
    least("… of an idle machine", "/s", live.value, 5_000),
    rebuilt,
    least("… of an idle machine", "/s", rebuilt.value, 35_000),
    limit(`queries that failed meanwhile, of ${queries.length.toLocaleString("en")}`, "", failed, 0),
    fact("queries meanwhile, p99", "ms", quantile(queries, 0.99)),
    limit("resident size meanwhile, at the most", "MB", resident, memory),
  ] satisfies Row[];
};

/** The durable of which nothing is written. */
const bare = "bare";

/** Adds a durable that delivers what that of the read model does, and in the same way. */
async function addBareDurable(manager: Awaited<ReturnType<typeof jetstreamManager>>): Promise<void> {
  const { config } = await manager.consumers.info(eventStream, sideOf(shares.into, "a").name);
  await manager.consumers.add(eventStream, { ...config, name: bare, durable_name: bare });
}

const now = () => Math.floor(Date.now() / 1000);

/** Creds of a user who may do everything in an account. */
function everything(seed: string): string {
  const user = createKey("user");
  const permissions = { pub: { allow: [">"] }, sub: { allow: [">"] } };
  const request = { user: user.public, name: "bench", permissions, issuedAt: now() };
  return formatCreds(userJwt(keyFromSeed(seed, "account"), request), user);
}

/** Starts the projecting process; `node --cpu-prof` goes for it too. */
async function startWorker(options: WorkerOptions) {
  const child = fork(join(import.meta.dirname, "log-worker.ts"), { serialization: "json" });
  const ended = once(child, "exit");
  const answer = async (): Promise<unknown> => {
    const [message] = (await Promise.race([
      once(child, "message"),
      ended.then(([code]) => Promise.reject(new Error(`the worker ended with ${code}`))),
    ])) as [unknown];
    return message;
  };
  child.send(options);
  await answer();
  return {
    async ask(task: WorkerTask): Promise<WorkerAnswer> {
      child.send(task);
      return (await answer()) as WorkerAnswer;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
