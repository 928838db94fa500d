/** The projecting side of the bench of the log, as a process: it fills rows, or only takes in what there is to fill them. */
import { sideOf } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import { shares } from "@natster/contracts/read-models";
import { connect, isRefusal, silentLog } from "@natster/micro";
import { openDurable } from "@natster/micro/durable";
import { runProjection } from "@natster/micro/projector";
import { tellOf } from "@natster/projector/feed";
import { AckPolicy, jetstreamManager } from "@nats-io/jetstream";
import { doErrands, seconds } from "./errands.ts";
import { bareDurable, type Setup } from "./log-place.ts";

/** How making all rows anew went. */
export interface Rebuilt {
  readonly seconds: number;
  /** How long each query meanwhile took, in milliseconds, and how many of them failed. */
  readonly queries: readonly number[];
  readonly failed: number;
  /** What status said meanwhile of how much was done, from 0 to 1, again and again. */
  readonly progress: readonly number[];
}

const setup = JSON.parse(process.argv[2] ?? "") as Setup;
const log = silentLog();
const connection = await connect({ servers: setup.url, creds: setup.creds, name: "worker", log });
const manager = await jetstreamManager(connection);
const { config } = await manager.consumers.info(eventStream, sideOf(shares.into, "a").name);

const errands = {
  /** Seconds from being started until the rows have seen a sequence. */
  project: (until: number): Promise<number> =>
    seconds(async () => {
      await using projection = await run();
      while (projection.lag.sequence < until) await pause(5);
    }),

  /** Seconds that it takes to be handed the same by the same kind of durable, acknowledged likewise, and do nothing with it. */
  take: (until: number): Promise<number> =>
    seconds(async () => {
      const durable = await openDurable(connection, bareDurable, { pinned: true });
      for await (const batch of durable.batches()) {
        for (const message of config.ack_policy === AckPolicy.All ? batch.slice(-1) : batch) message.ack();
        if ((batch.at(-1)?.seq ?? 0) >= until) break;
      }
      durable.stop();
      await durable.unpin();
    }),

  /** Has the same handed over again from the first event on. */
  async rewind(): Promise<void> {
    await manager.consumers.reset(eventStream, bareDurable, 1);
  },

  /** Makes all rows anew, while those that there are are asked for: one by its key, and all of one owner. */
  async rebuild(keys: readonly string[]): Promise<Rebuilt> {
    await using projection = await run();
    const { side } = projection.lag;
    const queries: number[] = [];
    const progress: number[] = [];
    let [failed, over] = [0, false];
    const isThere = async (key: string): Promise<boolean> => {
      const found = await projection.rows.get(key);
      const { rows } = await projection.rows.page(`${key.split(".", 2).join(".")}.>`);
      return found?.row.state === "offered" && rows.length === 1;
    };
    const querying = (async () => {
      while (!over) {
        const started = performance.now();
        if (!(await isThere(keys[queries.length % keys.length] ?? "").catch(() => false))) failed++;
        queries.push(performance.now() - started);
        await pause(20);
      }
    })();
    const watching = (async () => {
      while (!over) {
        const { rebuilt } = await projection.status();
        if (rebuilt !== undefined) progress.push(rebuilt);
        await pause(50);
      }
    })();
    await begin(projection);
    const taken = await seconds(async () => {
      while (projection.lag.side === side) await pause(20);
    });
    over = true;
    await Promise.all([querying, watching]);
    return { seconds: taken, queries, failed, progress };
  },
};

export type LogErrands = typeof errands;

await doErrands(errands, () => connection.close());

/** The read model as the projector keeps it, notices included. */
function run() {
  return runProjection(shares, {
    connection,
    log,
    afterRows: (applied) => Promise.resolve(tellOf(connection, shares.into, applied)),
  });
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
