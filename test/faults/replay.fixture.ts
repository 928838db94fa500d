/**
 * The log folded once more, in memory and from its first event, to compare with what the services made of it: every row
 * of every bucket, and every account JWT that nats-server has.
 */
import { readFile } from "node:fs/promises";
import { access } from "@natster/accounts/access";
import { openResolver } from "@natster/accounts/resolver";
import { gather } from "@natster/accounts/state";
import { AccountKey, bucketStream, bucketSubject, projectionStates, type RowOf, sideOf } from "@natster/contracts";
import { access as accessBucket } from "@natster/contracts/accounts";
import { eventStream } from "@natster/contracts/platform";
import { readEvent } from "@natster/micro/event";
import { evolveRows } from "@natster/micro/fold";
import type { Projection } from "@natster/micro/projection";
import { openRows, type RowReader } from "@natster/micro/rows";
import * as readModels from "@natster/contracts/read-models";
import { accountJwt, keyFromSeed, readJwt } from "@natster/trust";
import { jetstream, jetstreamManager, type JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { connectAsPusher, connectFully, type Reached } from "./everything.fixture.ts";

/** What stands under a key: a row, or the fence where one was. */
interface Standing {
  readonly row?: unknown;
  readonly sequence: number;
}
type Rows = Map<string, Standing>;

/** A command that the log has recorded, and under which subjects. */
export type Recordings = ReadonlyMap<string, readonly string[]>;

export interface Replay extends AsyncDisposable {
  readonly connection: NatsConnection;
  /**
   * What differs between the services' rows and account JWTs and a replay of the log, each in a line; with accounts,
   * only the JWTs of those are compared.
   */
  differences(accounts?: readonly AccountKey[]): Promise<string[]>;
  /** The same once nothing differs any more, or the last word after so many milliseconds. */
  settled(accounts?: readonly AccountKey[], within?: number): Promise<string[]>;
  /** Every command in the log by its id. */
  recordings(): Promise<Recordings>;
}

const projections: readonly Projection[] = [access, ...Object.values(readModels)];

/** A system whose log is replayed. */
type Replayed = Reached & { readonly administrator: { readonly account: AccountKey } };

/** Opens a replay of a system's log; it goes on from where it was each time that it is asked. */
export async function openReplay(system: Replayed): Promise<Replay> {
  await using undo = new AsyncDisposableStack();
  const { connection } = undo.use(await connectFully(system));
  const { connection: pusher } = undo.use(await connectAsPusher(system));
  const resolver = openResolver(pusher);
  const { installation } = system.platform;
  const signer = keyFromSeed((await readFile(installation.signingKey, "utf8")).trim(), "operator");
  const states = await openRows(connection, projectionStates);
  const log = await openTail(connection, eventStream);
  const buckets = new Map<string, Tail & { rows: Rows }>();
  const replayed = new Map<string, Rows>(projections.map(({ into }) => [into.name, new Map()]));
  const recorded = new Map<string, string[]>();

  async function follow(): Promise<void> {
    for await (const message of log.more()) {
      for (const projection of projections)
        takeIn(projection, message, replayed.get(projection.into.name) ?? new Map());
      const { commandid, commandname, actor } = message.json<Record<string, string>>();
      const name = `${actor} ${commandname} ${commandid}`;
      recorded.set(name, [...(recorded.get(name) ?? []), message.subject]);
    }
  }

  /** Every row that stands in the bucket which is read. */
  async function standing({ into }: Projection): Promise<Rows> {
    const active = (await states.get(into.name))?.row.active ?? "a";
    const { name } = sideOf(into, active);
    let bucket = buckets.get(name) ?? { ...(await openTail(connection, bucketStream(name))), rows: new Map() };
    const read = async () => {
      for await (const message of bucket.more()) {
        bucket.rows.set(message.subject.slice(bucketSubject(name, "").length), message.json<Standing>());
      }
    };
    await read();
    if (bucket.rows.size !== (await bucket.messages())) {
      // It was emptied meanwhile: what is known of it is too much.
      bucket = { ...(await openTail(connection, bucketStream(name))), rows: new Map() };
      await read();
    }
    buckets.set(name, bucket);
    return bucket.rows;
  }

  async function differences(accounts?: readonly AccountKey[]): Promise<string[]> {
    await follow();
    const found: string[] = [];
    for (const projection of projections) {
      const { name } = projection.into;
      found.push(...compare(name, replayed.get(name) ?? new Map(), await standing(projection)));
    }
    const rows = replayed.get(access.into.name) ?? new Map<string, Standing>();
    const all = [...rows.keys()].filter((key) => key.startsWith("account."));
    for (const account of accounts ?? all.map((key) => AccountKey.parse(key.slice("account.".length)))) {
      const gathered = await gather(
        { rows: inMemory(rows), parked: nothing },
        account,
        account === system.administrator.account,
      );
      const there = await resolver.lookup(account);
      const claims = there === undefined ? undefined : readJwt(there);
      const equal =
        gathered &&
        claims?.refused === undefined &&
        claims !== undefined &&
        accountJwt(gathered.state, { signer, platform: installation.platform, issuedAt: claims.iat }) === there;
      if (!equal) found.push(`JWT of ${account}: ${there === undefined ? "there is none" : "another than the log's"}`);
    }
    return found;
  }

  const ending = undo.move();
  return {
    connection,
    differences,
    async settled(accounts, within = 60_000) {
      for (const until = Date.now() + within; ;) {
        const found = await differences(accounts);
        if (found.length === 0 || Date.now() > until) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async recordings() {
      await follow();
      return recorded;
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

function takeIn(projection: Projection, message: JsMsg, rows: Rows): void {
  const events = projection.rows.find((family) => message.subject.startsWith(`${family.events.subject}.`))?.events;
  if (!events) return;
  const { id, event } = readEvent(events, message);
  const slotOf = (key: string) =>
    ({ row: undefined, sequence: 0, ...rows.get(key) }) as { row: never; sequence: number };
  for (const [key, { row, sequence }] of evolveRows(projection, { events, id, event }, slotOf)) {
    rows.set(key, JSON.parse(JSON.stringify({ row, sequence })) as Standing);
  }
}

function compare(bucket: string, replayed: Rows, standing: Rows): string[] {
  const text = (each: Standing | undefined) =>
    each ? `${each.sequence} ${JSON.stringify(each.row, sorted)}` : "nothing";
  const keys = [...new Set([...replayed.keys(), ...standing.keys()])].filter((key) => key !== "checkpoint");
  return keys.flatMap((key) => {
    const [one, other] = [text(replayed.get(key)), text(standing.get(key))];
    return one === other ? [] : [`${bucket} ${key}: the log says ${one}, the bucket ${other}`];
  });
}

/** A row's fields have no order. */
const sorted = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;

type AccessRow = RowOf<typeof accessBucket>;

/** A replay takes in every event, or fails. */
const nothing = { async *of() {} };

/** Rows in memory, read as those of a bucket. */
const inMemory = (rows: Rows): Pick<RowReader<AccessRow>, "scan"> => ({
  async *scan(...filters) {
    const isUnder = (key: string, filter: string) => {
      const [parts, tokens] = [key.split("."), filter.split(".")];
      return parts.length === tokens.length && tokens.every((token, at) => token === "*" || token === parts[at]);
    };
    for (const [key, { row, sequence }] of rows) {
      if (filters.some((filter) => isUnder(key, filter))) yield { key, row: row as AccessRow | undefined, sequence };
    }
  },
});

/** A stream that is read on from where it was read before. */
interface Tail {
  more(): AsyncGenerator<JsMsg>;
  messages(): Promise<number>;
}

async function openTail(connection: NatsConnection, stream: string): Promise<Tail> {
  const js = jetstream(connection);
  const manager = await jetstreamManager(connection);
  let next = 1;
  return {
    async *more() {
      const { state } = await manager.streams.info(stream);
      if (state.last_seq < next || state.messages === 0) return;
      const consumer = await js.consumers.get(stream, { opt_start_seq: next });
      if ((await consumer.info(false)).num_pending === 0) return;
      for await (const message of await consumer.consume({ max_messages: 5_000 })) {
        next = message.seq + 1;
        yield message;
        if (message.info.pending === 0) break;
      }
    },
    messages: async () => (await manager.streams.info(stream)).state.messages,
  };
}
