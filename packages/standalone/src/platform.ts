/** The platform in one process: nats-server beside it, and every service on a connection of its own. */
import { join } from "node:path";
import type { AccountKey } from "@natster/contracts";
import type { AccountLimits } from "@natster/contracts/accounts";
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
import { rollingFile } from "./directory/rolling-file.ts";
import { type Installation, openInstallation } from "./installation.ts";

/** How a platform is started. */
export interface PlatformOptions {
  /** Where everything is kept: keys, creds, streams and logs. Made where it is missing. */
  readonly directory: string;
  readonly administrators?: readonly AccountKey[];
  readonly registration?: "open" | "code" | "closed";
  /** How much an account may use where an administrator has not said otherwise of it. */
  readonly limits?: AccountLimits;
  /** Where the page is served, `host:port`; a free port of this machine where nothing is said. */
  readonly webListen?: string;
  /** The page's address as people elsewhere have it, where it is not what it listens on. */
  readonly publicUrl?: string;
  /** The folder of the built page; that of this clone unless given. */
  readonly pageRoot?: string | undefined;
  /** Certificate and key of the page, as paths of PEM files; without them something in front of it ends TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** For how many seconds a file-server counts as there after its last beat; 30 where nothing is said. */
  readonly presenceSeconds?: number;
  readonly nats?: Pick<StartOptions, "binary" | "ports" | "host" | "extra">;
  readonly logLevel?: string;
  /** Which services run in this process; all of them where nothing is said. */
  readonly here?: readonly ServiceName[];
}

/** A platform that runs; `await using` ends it. */
export interface Platform extends AsyncDisposable {
  readonly nats: NatsServer;
  readonly installation: Installation;
  /** How people reach it. */
  readonly place: Place;
  /** Those that run in this process. */
  readonly services: Readonly<Partial<Record<ServiceName, Running>>>;
  /** Starts one more instance of a service; it ends with the platform at the latest. */
  another(name: ServiceName): Promise<Running>;
  /** What an instance of a service reads from its environment where it is a process of its own. */
  environment(name: ServiceName): Readonly<Record<string, string>>;
  /** Where the log is. */
  readonly logFile: string;
  readonly log: Logger;
}

const programs = { accounts, catalog, codes, projector, web } as const;
export type ServiceName = keyof typeof programs;
export const serviceNames = Object.keys(programs) as ServiceName[];

/** Starts nats-server, provides streams and buckets, and starts every service; resolves when all of them answer. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  await using undo = new AsyncDisposableStack();
  const installation = await openInstallation(options.directory);
  const logFile = join(options.directory, "natster.log");
  const log = openLog(logFile, options.logLevel);

  const { operatorJwt: jwt, systemAccount, preload } = installation;
  const nats = undo.use(
    await startNatsServer({
      ...options.nats,
      operator: { jwt, systemAccount, preload },
      directory: join(options.directory, "nats"),
    }),
  );
  await bootstrap(nats.url, installation, log);

  const told = (name: ServiceName) => ({
    ...environment(nats, installation, options),
    ...own(name, nats, installation, options),
  });
  const startOne = (name: ServiceName) =>
    start(programs[name] as unknown as Program, told(name), log.child({ service: name }));
  const started = await Promise.all(
    (options.here ?? serviceNames).map(async (name) => [name, undo.use(await startOne(name))] as const),
  );

  const ending = undo.move();
  const { platform, lobby } = installation;
  return {
    nats,
    installation,
    place: { servers: [nats.url], platform, lobby, dial },
    services: Object.fromEntries(started),
    environment: told,
    another: async (name) => ending.use(await startOne(name)),
    logFile,
    log,
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

const openLog = (path: string, level: string | undefined): Logger => createLog("natster", level, rollingFile(path));

/** Makes streams, durables and buckets with creds that no service has. */
async function bootstrap(url: string, installation: Installation, log: Logger): Promise<void> {
  const connection = await connect({
    servers: url,
    creds: { file: installation.creds("bootstrap") },
    name: "bootstrap",
    log,
  });
  try {
    await provision(connection);
  } finally {
    await connection.close();
  }
}

/** What every service is told. */
const environment = (nats: NatsServer, { lobby }: Installation, { administrators = [] }: PlatformOptions) => ({
  NATS_URL: nats.url,
  NATSTER_LOBBY: lobby.account,
  NATSTER_ADMINISTRATORS: administrators.join(","),
});

/** What one service is told beside that. */
function own(
  name: ServiceName,
  nats: NatsServer,
  installation: Installation,
  {
    registration = "code",
    limits = {},
    webListen = "127.0.0.1:0",
    publicUrl,
    pageRoot,
    tls,
    presenceSeconds = 30,
  }: PlatformOptions,
): Record<string, string> {
  const creds = {
    NATS_CREDS: installation.creds(name),
    ...(name !== "web" && { NATS_STREAMS_CREDS: installation.creds(`${name}-streams`) }),
  };
  switch (name) {
    case "accounts":
      return {
        ...creds,
        NATSTER_SIGNING_KEY: installation.signingKey,
        NATSTER_PLATFORM: installation.platform,
        NATSTER_REGISTRATION: registration,
        ...numbers({
          NATSTER_CONNECTIONS: limits.conn,
          NATSTER_SUBSCRIPTIONS: limits.subs,
          NATSTER_PAYLOAD: limits.payload,
        }),
      };
    case "codes":
      return { ...creds, NATSTER_REGISTRATION: registration };
    case "catalog":
      return { ...creds, ...numbers({ NATSTER_MOST_CATALOGS: limits.catalogs, NATSTER_MOST_IMPORTS: limits.imports }) };
    case "web":
      return {
        ...creds,
        WEB_LISTEN: webListen,
        ...(publicUrl !== undefined && {
          WEB_PUBLIC_URL: publicUrl,
          // From elsewhere, everything comes through the page's own origin.
          NATS_PUBLIC_URLS: natsBehind(publicUrl),
        }),
        ...(pageRoot !== undefined && { WEB_ROOT: pageRoot }),
        ...(tls && { WEB_TLS_CERT: tls.cert, WEB_TLS_KEY: tls.key }),
        NATS_WEBSOCKET_URL: nats.websocketUrl,
        NATSTER_PLATFORM: installation.platform,
        NATSTER_LOBBY_SEED: installation.lobby.seed,
      };
    case "projector":
      return { ...creds, NATSTER_PRESENCE_SECONDS: String(presenceSeconds) };
    default:
      return creds;
  }
}

/** The variables that are set. */
const numbers = (variables: Readonly<Record<string, number | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`]])),
  );

/** Where NATS is reached behind a page: `wss://host/nats`. */
function natsBehind(page: string): string {
  const url = new URL("nats", page.endsWith("/") ? page : `${page}/`);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
