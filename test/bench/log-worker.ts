/** The projecting side of the bench of the log, as a process: it fills rows, or only takes in what there is to fill them. */
import { once } from "node:events";
import { sideOf } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import { shares } from "@natster/contracts/read-models";
import { connect, isRefusal, silentLog } from "@natster/micro";
import { openDurable } from "@natster/micro/durable";
import { runProjection } from "@natster/micro/projector";
import { noticesOf, publishNotices } from "@natster/projector/feed";
import { AckPolicy, jetstreamManager } from "@nats-io/jetstream";

/** What the worker is told first. */
export interface WorkerOptions {
  readonly url: string;
  readonly creds: string;
  /** The durable that is only read. */
  readonly bare: string;
}

/** What it is asked then. */
export type WorkerTask =
  | { readonly do: "project" | "take"; readonly until: number }
  | { readonly do: "rewind" }
  | { readonly do: "rebuild"; readonly keys: readonly string[] };

/** What it answers. */
export interface WorkerAnswer {
  readonly seconds: number;
  /** Of a rebuild: how long each query meanwhile took, in milliseconds, and how many failed. */
  readonly queries?: readonly number[];
  readonly failed?: number;
  /** Resident size at the most, in bytes. */
  readonly resident?: number;
}

const [options] = (await once(process, "message")) as [WorkerOptions];
const log = silentLog();
const connection = await connect({ servers: options.url, creds: options.creds, name: "worker", log });
const manager = await jetstreamManager(connection);
const { config } = await manager.consumers.info(eventStream, sideOf(shares.into, "a").name);

process.on("message", (task: WorkerTask) => void work(task).then((answer) => process.send?.(answer)));
process.send?.("ready");
await once(process, "disconnect");
await connection.close();

async function work(task: WorkerTask): Promise<WorkerAnswer> {
  switch (task.do) {
    case "project":
      return project(task.until);
    case "take":
      return take(task.until);
    case "rewind":
      await manager.consumers.reset(eventStream, options.bare, 1);
      return { seconds: 0 };
    case "rebuild":
      return rebuild(task.keys);
  }
}

/** The read model as the projector keeps it, notices included. */
function run() {
  return runProjection(shares, {
    connection,
    log,
    afterRows: (applied) => Promise.resolve(publishNotices(connection, noticesOf(shares.into, applied))),
  });
}

/** From being started until the rows have seen a sequence. */
async function project(until: number): Promise<WorkerAnswer> {
  const started = performance.now();
  await using projection = await run();
  while (projection.lag.sequence < until) await pause(5);
  return { seconds: since(started) };
}

/** The same events by the same kind of durable, acknowledged likewise, and nothing done with them. */
async function take(until: number): Promise<WorkerAnswer> {
  const started = performance.now();
  const durable = await openDurable(connection, options.bare, { pinned: true });
  for await (const batch of durable.batches()) {
    for (const message of config.ack_policy === AckPolicy.All ? batch.slice(-1) : batch) message.ack();
    if ((batch.at(-1)?.seq ?? 0) >= until) break;
  }
  const seconds = since(started);
  durable.stop();
  await durable.unpin();
  return { seconds };
}

/** All rows anew, while those that there are are asked for: one by its key, and all of one owner. */
async function rebuild(keys: readonly string[]): Promise<WorkerAnswer> {
  await using projection = await run();
  const { side } = projection.lag;
  const queries: number[] = [];
  let [failed, resident, over] = [0, 0, false];
  const isThere = async (key: string): Promise<boolean> => {
    const found = await projection.rows.get(key);
    const { rows } = await projection.rows.page(key.split(".").toSpliced(2).join(".").concat(".>"));
    return found?.row.state === "offered" && rows.length === 1;
  };
  const querying = (async () => {
    while (!over) {
      const started = performance.now();
      if (!(await isThere(keys[queries.length % keys.length] ?? "").catch(() => false))) failed++;
      queries.push(performance.now() - started);
      resident = Math.max(resident, process.memoryUsage.rss());
      await pause(20);
    }
  })();
  await begin(projection);
  const started = performance.now();
  while (projection.lag.side === side) await pause(20);
  const seconds = since(started);
  over = true;
  await querying;
  return { seconds, queries, failed, resident };
}

/** So soon after another rebuild it is refused. */
async function begin(projection: Awaited<ReturnType<typeof run>>): Promise<void> {
  for (;;) {
    try {
      return await projection.rebuild();
    } catch (error) {
      if (!isRefusal(error, "unavailable")) throw error;
      await pause(250);
    }
  }
}

/** Seconds since a moment. */
function since(started: number): number {
  return (performance.now() - started) / 1000;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
