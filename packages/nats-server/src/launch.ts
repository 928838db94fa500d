import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConfigOptions, folders, type Ports, renderConfig } from "./config.ts";
import { writePrivately } from "./directory.ts";
import { NatsServerStartError } from "./errors.ts";
import { memoryEnvironment } from "./memory.ts";
import { accepts, greet, portsFiles } from "./ports.ts";
import { type Exit, type Guarded, spawnGuarded } from "./watchdog.ts";

/** How a server is started, each time. */
export interface Setup {
  readonly binary: string;
  readonly directory: string;
  readonly logFile: string;
  /** The address where this machine reaches it. */
  readonly reach: string;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/** A server that is ready for clients. */
export interface Run {
  readonly guarded: Guarded;
  readonly ports: Ports;
  readonly version: string;
}

/** A client that dials a port nobody listens on may, once in a while, be given that very port to dial from. */
const PORT_TAKEN = /address already in use/;
const PORT_TRIES = 5;
const TAIL = 4_096;
/** Milliseconds that the server may take to be ready, its streams recovered. */
const READY_WITHIN = 60_000;

/**
 * Writes the configuration, starts the server and waits until it is ready.
 * @throws NatsServerStartError with the end of the log of this start; the process is gone then.
 */
export async function launch(setup: Setup, config: ConfigOptions): Promise<Run> {
  const { binary, directory, logFile } = setup;
  const file = join(directory, "nats-server.conf");
  await writePrivately(file, renderConfig(config));
  const before = await sizeOf(logFile);
  const guarded = await spawnGuarded(binary, ["-c", file], logFile, memoryEnvironment());
  try {
    return { guarded, ...(await ready(guarded, setup)) };
  } catch (error) {
    guarded.kill("SIGKILL");
    await guarded.exited;
    setup.signal?.throwIfAborted();
    throw new NatsServerStartError(error instanceof Error ? error.message : String(error), await tail(logFile, before));
  }
}

/** Launches on ports it had before, which may for a moment be somebody else's. */
export async function relaunch(setup: Setup, config: ConfigOptions): Promise<Run> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(setup, config);
    } catch (error) {
      const taken = error instanceof NatsServerStartError && PORT_TAKEN.test(error.log);
      if (!taken || attempt === PORT_TRIES) throw error;
      await sleep(100 * attempt);
    }
  }
}

/** Resolves when the server says where it listens, greets a client, and accepts at the other ports. */
async function ready(guarded: Guarded, { directory, reach, signal }: Setup): Promise<Omit<Run, "guarded">> {
  const { run } = folders(directory);
  const deadline = Date.now() + READY_WITHIN;
  let ended: Exit | undefined;
  void guarded.exited.then((exit) => (ended = exit));
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if (ended) throw new Error(`nats-server ended with ${ended.signal ?? `code ${ended.code}`} before it was ready`);
    const ports = (await portsFiles(run)).find(({ pid }) => pid === guarded.pid)?.ports;
    const hello = ports && (await greet(ports.client, reach));
    if (hello && (await accepts(ports.websocket, reach)) && (await accepts(ports.monitor))) {
      return { ports, version: hello.version };
    }
    await sleep(20);
  }
  throw new Error(`nats-server was not ready within ${READY_WITHIN / 1000} s`);
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** What was written to a log since it had some size, the end of it if that is long. */
async function tail(path: string, since: number): Promise<string> {
  const size = await sizeOf(path);
  const length = Math.min(size - since, TAIL);
  if (length <= 0) return "";
  await using file = await open(path, "r");
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString("utf8").trim();
}
