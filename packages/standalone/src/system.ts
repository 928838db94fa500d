/** A whole system that lives in one directory for good: what `natster up` runs. */
import { join, resolve } from "node:path";
import type { AccountKey } from "@natster/contracts";
import { lockDirectory } from "./directory/lock.ts";
import { openSettings, writeSettings } from "./directory/settings.ts";
import { type Platform, type PlatformOptions, startPlatform } from "./platform.ts";
import { supervise } from "./supervise.ts";

/** How a system is run. */
export interface SystemOptions extends Pick<
  PlatformOptions,
  "directory" | "registration" | "publicUrl" | "pageRoot" | "tls" | "logLevel" | "here" | "signal"
> {
  /** An account that administers it, beside those that did before. */
  readonly administrator?: AccountKey;
  /** Where the page listens, `host` or `host:port`; on loopback, on a port that the directory keeps, unless given. */
  readonly listen?: string;
  /** Path of a nats-server; found or fetched where nothing is said. */
  readonly binary?: string;
  /** Told of what ended by itself and was started again. */
  readonly tell: (what: string) => void;
}

/** A system that runs; `await using` ends it. */
export interface System extends AsyncDisposable {
  readonly platform: Platform;
  /** Tells whoever asks for this directory where its page is. */
  announce(page: string): Promise<void>;
  /** Resolves where it cannot go on. */
  readonly failed: Promise<Error>;
}

/**
 * Starts everything in a directory, or what a crash left there; resolves when all of it answers. Throws
 * `DirectoryInUseError`, `DirectoryTooNewError`, `StartTimeoutError`, the signal's reason, or what nats-server says.
 */
export async function runSystem(options: SystemOptions): Promise<System> {
  const directory = resolve(options.directory);
  await using undo = new AsyncDisposableStack();
  const lock = undo.use(await lockDirectory(directory));
  await lock.tell();
  const settings = await openSettings(directory);
  const { ports } = settings;
  const added = options.administrator === undefined ? [] : [options.administrator];
  const administrators = [...new Set([...settings.administrators, ...added])];
  await writeSettings(directory, { ...settings, administrators });

  const platform = undo.use(
    await startPlatform({
      ...options,
      directory,
      administrators,
      webListen: listenOn(options.listen, ports.web),
      nats: {
        ports,
        ...(options.binary !== undefined && { binary: options.binary }),
        extra: rotateNatsLog(join(directory, "nats", "nats-server.log")),
      },
    }),
  );

  const stopping = new AbortController();
  const failed = supervise(platform, stopping.signal, options.tell);
  const running = undo.move();
  return {
    platform,
    announce: (page) => lock.tell(page),
    failed,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running.disposeAsync();
    },
  };
}

/** Where the page listens: the port that the directory keeps, unless one is named. */
function listenOn(listen: string | undefined, port: number): string {
  if (listen === undefined) return `127.0.0.1:${port}`;
  const bare = listen.includes(":") && !listen.includes("[") && listen.split(":").length > 2;
  const host = bare ? `[${listen}]` : listen;
  return /:\d+$/.test(host) && !bare ? host : `${host}:${port}`;
}

/** nats-server turns its own log over. */
const rotateNatsLog = (path: string): string =>
  `logfile: ${JSON.stringify(path)}\nlogfile_size_limit: 10MB\nlogfile_max_num: 3`;
