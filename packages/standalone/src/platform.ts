/** The platform in one process: nats-server beside it, and every service on a connection of its own. */
import { join } from "node:path";
import type { ServiceContract } from "@natster/contracts";
import { program as accounts } from "@natster/accounts";
import { program as catalog } from "@natster/catalog";
import { program as codes } from "@natster/codes";
import { connect, createLog, type Logger, type Program, type Running, start } from "@natster/micro";
import { provision } from "@natster/micro/provision";
import { type NatsServer, startNatsServer, type StartOptions } from "@natster/nats-server";
import type { Place } from "@natster/person";
import { program as projector } from "@natster/projector";
import { program as web } from "@natster/web";
import { connect as dial } from "@nats-io/transport-node";
import type * as z from "zod";
import { rollingFile } from "./directory/rolling-file.ts";
import { Patience } from "./patience.ts";
import { type Installation, openInstallation, trustIn } from "./installation.ts";
import { serviceEnvironment, type ServiceSettings } from "./service-environment.ts";

/** How a platform is started. */
export interface PlatformOptions extends ServiceSettings {
  /** Where everything is kept: keys, creds, streams and logs. Made where it is missing. */
  readonly directory: string;
  readonly nats?: Pick<StartOptions, "binary" | "ports" | "host" | "extra">;
  readonly logLevel?: string;
  /** In how many parts the log is projected; as it was before where nothing is said, and in one at first. */
  readonly partitions?: number;
  /** Which services run in this process; all of them where nothing is said. */
  readonly here?: readonly ServiceName[];
  /** Ends a start that is under way; what was begun is closed. */
  readonly signal?: AbortSignal;
}

/** A platform that runs; `await using` ends it. */
export interface Platform extends AsyncDisposable {
  readonly nats: NatsServer;
  readonly installation: Installation;
  /** How people reach it. */
  readonly place: Place;
  /** Those that run in this process. */
  readonly services: Readonly<Partial<Record<ServiceName, Running>>>;
  /** Makes streams, durables and buckets that are not there, as at the start. */
  provide(signal: AbortSignal): Promise<void>;
  /** Starts one more instance of a service; it ends with the platform at the latest. */
  another(name: ServiceName): Promise<Running>;
  /** What an instance of a service reads from its environment where it is a process of its own. */
  environment(name: ServiceName): Readonly<Record<string, string>>;
  /** Where the log is. */
  readonly logFile: string;
  readonly log: Logger;
}

/** A program that waits for its settings. */
const starter =
  <S extends ServiceContract, C extends z.ZodObject>(program: Program<S, C>) =>
  (told: Readonly<Record<string, string>>, log: Logger, signal?: AbortSignal): Promise<Running> =>
    start(program, told, log, signal);

const programs = {
  accounts: starter(accounts),
  catalog: starter(catalog),
  codes: starter(codes),
  projector: starter(projector),
  web: starter(web),
} as const;
export type ServiceName = keyof typeof programs;
export const serviceNames: readonly ServiceName[] = ["accounts", "catalog", "codes", "projector", "web"];

/** Milliseconds that a start may take, recovery of its streams included. */
const startWithin = 300_000;

/**
 * Starts nats-server, provides streams and buckets, and starts every service; resolves when all of them answer. Throws
 * the signal's reason, or `StartTimeoutError`, with everything closed that was begun.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  await using undo = new AsyncDisposableStack();
  using patience = new Patience(startWithin, options.signal);
  const installation = await openInstallation(options.directory, options.partitions);
  const logFile = join(options.directory, "natster.log");
  const log = openLog(logFile, options.logLevel);

  const nats = undo.use(
    await startNatsServer({
      ...options.nats,
      operator: trustIn(installation),
      directory: join(options.directory, "nats"),
      signal: patience.signal,
    }),
  );
  const provide = (signal: AbortSignal) => bootstrap(nats.url, installation, log, signal);
  await patience.for(provide(patience.signal));

  const told = (name: ServiceName) => serviceEnvironment(name, nats, installation, options);
  const startOne = (name: ServiceName, signal?: AbortSignal) =>
    programs[name](told(name), log.child({ service: name }), signal);
  // Where one cannot start, the others are not waited for.
  undo.defer(() => patience.giveUp(new Error("another service could not start")));
  const started = await Promise.all(
    (options.here ?? serviceNames).map(
      async (name) => [name, undo.use(await patience.for(startOne(name, patience.signal)))] as const,
    ),
  );

  const ending = undo.move();
  const { platform, lobby } = installation;
  return {
    nats,
    installation,
    place: { servers: [nats.url], platform, lobby, dial },
    services: Object.fromEntries(started),
    environment: told,
    provide,
    another: async (name) => ending.use(await startOne(name)),
    logFile,
    log,
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

const openLog = (path: string, level: string | undefined): Logger => createLog("natster", level, rollingFile(path));

/** Makes streams, durables and buckets with creds that no service has. */
async function bootstrap(url: string, installation: Installation, log: Logger, signal: AbortSignal): Promise<void> {
  const connection = await connect({
    servers: url,
    creds: { file: installation.creds("bootstrap") },
    name: "bootstrap",
    log,
    signal,
  });
  try {
    await provision(connection, { partitions: installation.partitions?.[0] ?? 1 });
  } finally {
    await connection.close();
  }
}
