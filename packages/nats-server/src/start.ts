import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConfigOptions, folders, type OperatorOptions, type Ports, type WebsocketOptions } from "./config.ts";
import { prepareDirectory } from "./directory.ts";
import { findNatsServer } from "./find.ts";
import { launch, relaunch, type Setup } from "./launch.ts";
import type { Exit } from "./watchdog.ts";

export interface StartOptions {
  operator: OperatorOptions;
  /** Where the server keeps accounts, streams, configuration and log. Made if it is missing; never removed. */
  directory: string;
  /** Default 127.0.0.1. */
  host?: string;
  /** Each is a free one unless given. */
  ports?: Partial<Ports>;
  /** The server's name; its identity when left out. */
  name?: string;
  /** Path of a nats-server; found or fetched when left out. */
  binary?: string;
  /** Write every message through to the disk before it is acknowledged. Default true. */
  syncAlways?: boolean;
  websocket?: WebsocketOptions;
  /** Default `nats-server.log` in the directory. */
  logFile?: string;
  /** Configuration in nats-server's own words, put at the end. */
  extra?: string;
  /** Ends a start that is under way, which then throws its reason; the process is gone then. */
  signal?: AbortSignal;
}

/** A running nats-server, stopped by the scope that opened it with `await using`. */
export interface NatsServer extends AsyncDisposable {
  /** For clients on this machine: `nats://127.0.0.1:4222`. */
  readonly url: string;
  /** `ws://…`, or `wss://…` with TLS. */
  readonly websocketUrl: string;
  readonly monitorUrl: string;
  /** Of nats-server itself; another one after a restart. */
  readonly pid: number;
  /** As the server told it. */
  readonly version: string;
  readonly directory: string;
  readonly logFile: string;
  /** Settles when the process that runs now has ended, asked to or not. */
  readonly exited: Promise<Exit>;
  /** Whether its resolver still has the accounts that it was given to begin with: of one that is gone it lets in nobody new. */
  hasPreload(): boolean;
  /** Has it read its configuration again, which stores those accounts anew. Nobody is disconnected. */
  reload(): void;
  /** Ends it in order: SIGTERM, and SIGKILL after ten seconds. */
  stop(): Promise<void>;
  /** Ends it as a crash would: SIGKILL. */
  kill(): Promise<void>;
  /** Stops it if it runs and starts it again on the same directory and ports, so that clients find it again. */
  restart(): Promise<void>;
}

const STOP_WITHIN = 10_000;

/**
 * Starts a nats-server in operator mode and resolves when clients can connect. It ends with this process, however that
 * ends.
 * @throws NatsServerStartError when it does not come up, with the end of its log, or already runs in that directory.
 * @throws NatsServerNotFoundError when no binary is given and none can be found or fetched.
 */
export async function startNatsServer(options: StartOptions): Promise<NatsServer> {
  const binary = options.binary ?? (await findNatsServer()).path;
  const directory = resolve(options.directory);
  const host = options.host ?? "127.0.0.1";
  const asked: ConfigOptions = {
    ...options,
    directory,
    host,
    ports: { client: -1, websocket: -1, monitor: -1, ...options.ports },
    syncAlways: options.syncAlways ?? true,
    websocket: options.websocket ?? {},
  };
  const setup: Setup = {
    binary,
    directory,
    logFile: resolve(options.logFile ?? join(directory, "nats-server.log")),
    // The address where this machine reaches a server that listens on all of them.
    reach: host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host,
    ...(options.signal && { signal: options.signal }),
  };
  await prepareDirectory(directory);
  await mkdir(dirname(setup.logFile), { recursive: true });

  let run = await launch(setup, asked);
  const { ports } = run;
  const at = setup.reach.includes(":") ? `[${setup.reach}]` : setup.reach;
  const secure = typeof asked.websocket.tls === "object";

  const end = async (signal: NodeJS.Signals) => {
    const { guarded } = run;
    guarded.kill(signal);
    const ended = await Promise.race([guarded.exited, sleep(STOP_WITHIN, undefined, { ref: false })]);
    if (!ended) guarded.kill("SIGKILL");
    await guarded.exited;
  };
  return {
    url: `nats://${at}:${ports.client}`,
    websocketUrl: `${secure ? "wss" : "ws"}://${at}:${ports.websocket}`,
    monitorUrl: `http://127.0.0.1:${ports.monitor}`,
    directory,
    logFile: setup.logFile,
    get pid() {
      return run.guarded.pid;
    },
    get version() {
      return run.version;
    },
    get exited() {
      return run.guarded.exited;
    },
    hasPreload: () =>
      Object.keys(options.operator.preload).every((account) =>
        existsSync(join(folders(directory).accounts, `${account}.jwt`)),
      ),
    reload: () => run.guarded.kill("SIGHUP"),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async restart() {
      await end("SIGTERM");
      // The signal was that of the first start.
      const { signal: _over, ...again } = setup;
      run = await relaunch(again, { ...asked, ports });
    },
    [Symbol.asyncDispose]: () => end("SIGTERM"),
  };
}
