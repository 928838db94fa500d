/** What tests of this package stand on: a nats-server with the streams, and users who may do everything beside them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountKey } from "@natster/contracts";
import { type NatsServer, type StartOptions, startNatsServer } from "@natster/nats-server";
import { createKey, createOperator, formatCreds, keyFromSeed, type NewOperator, userJwt } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "./connection/connect.ts";
import { createLog, type Logger, silentLog } from "./service/log.ts";
import type { Room } from "./service/room.ts";
import { provision } from "./provision.ts";

export interface TestNats extends AsyncDisposable {
  readonly server: NatsServer;
  readonly operator: NewOperator;
  /** Path of the creds file of a user who may do everything in the account of the streams. */
  readonly creds: string;
  /** A connection of such a user. */
  connect(): Promise<NatsConnection>;
  /** Writes creds to a file of its own and returns its path. */
  credsFile(name: string, creds: string): Promise<string>;
  /** What a program of the platform is started with. */
  readonly env: Record<string, string>;
}

/** Starts a nats-server, with more of its configuration; the platform's streams, durables and buckets are there. */
export async function startNats({ extra }: Pick<StartOptions, "extra"> = {}): Promise<TestNats> {
  await using undo = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "natster-micro-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const operator = createOperator({ issuedAt: Math.floor(Date.now() / 1000) });
  const { operatorJwt: jwt, systemAccount, preload, platform } = operator;
  const server = undo.use(
    await startNatsServer({
      operator: { jwt, systemAccount, preload },
      directory: join(directory, "nats"),
      ...(extra !== undefined && { extra }),
    }),
  );
  const credsFile = async (name: string, text: string) => {
    const path = join(directory, `${name}.creds`);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const creds = await credsFile("everything", everything(operator));
  const dial = async () => {
    const made = await connect({ servers: server.url, creds: { file: creds }, name: "test", log: silentLog() });
    connections.push(made);
    return made;
  };
  const connections: NatsConnection[] = [];
  undo.defer(async () => {
    await Promise.all(connections.map((each) => each.close()));
  });
  await provision(await dial());
  const ending = undo.move();
  return {
    server,
    operator,
    creds,
    connect: dial,
    credsFile,
    env: {
      NATS_URL: server.url,
      NATS_CREDS: creds,
      NATS_STREAMS_CREDS: creds,
      NATSTER_LOBBY: operator.lobby.account,
      NATSTER_PLATFORM: platform,
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

/** Room for whatever a test has recorded. */
export const endless: Room = { admit: () => Promise.resolve(), fill: () => Promise.resolve(0) };

function everything({ offline }: NewOperator): string {
  const key = createKey("user");
  const all = { allow: [">"] };
  const jwt = userJwt(keyFromSeed(offline.streams, "account"), {
    user: key.public,
    name: "everything",
    permissions: { pub: all, sub: all },
    issuedAt: Math.floor(Date.now() / 1000),
  });
  return formatCreds(jwt, key);
}

/** A log, and what it has been told. */
export function recordingLog(): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { log: createLog("test", "debug", { write }), lines };
}

export const someone = (): AccountKey => AccountKey.parse(createKey("account").public);
export const alice = someone();
export const bob = someone();
