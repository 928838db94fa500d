/** Keeps a platform running: what ends by itself is started again, and what ends again and again is given up. */
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsServer } from "@natster/nats-server";
import type { Running } from "@natster/micro";
import type { Platform, ServiceName } from "./platform.ts";
import { Restarts } from "./restarts.ts";

/** Watches a platform until it is stopped; resolves with the reason where it is beyond help. */
export function supervise(platform: Platform, stopped: AbortSignal, tell: (what: string) => void): Promise<Error> {
  const services = Object.entries(platform.services) as [ServiceName, Running][];
  return Promise.race([
    keepNats(platform.nats, stopped, tell),
    keepAccounts(platform.nats, stopped, tell),
    ...services.map(([name, running]) => keepService(platform, name, running, stopped, tell)),
  ]).catch((cause: unknown) => new Error("what ended by itself cannot be started again", { cause }));
}

/** A nats-server that ended is started again on the same ports, and everybody finds it again. */
async function keepNats(nats: NatsServer, stopped: AbortSignal, tell: (what: string) => void): Promise<Error> {
  const restarts = new Restarts();
  for (;;) {
    const { code, signal } = await nats.exited;
    if (stopped.aborted) return never();
    const why = `nats-server has ended by itself (${signal ?? `exit code ${code}`})`;
    if (restarts.areTooMany()) return new Error(`${why}, again and again; its log is ${nats.logFile}`);
    tell(`${why}; it is started again`);
    try {
      await nats.restart();
    } catch (error) {
      return new Error("nats-server has ended by itself and cannot be started again", { cause: error });
    }
  }
}

/** How often it is looked whether the operator's own accounts are there, in milliseconds. */
const looksEvery = 2_000;

/** The operator's own accounts are in no log: where somebody emptied nats-server's folder, its configuration has them. */
async function keepAccounts(nats: NatsServer, stopped: AbortSignal, tell: (what: string) => void): Promise<never> {
  for (let isTold = false; !stopped.aborted; await sleep(looksEvery, undefined, { signal: stopped }).catch(() => {})) {
    const isWhole = nats.hasPreload();
    if (!isWhole) nats.reload();
    if (!isWhole && !isTold)
      tell("nats-server has lost accounts of the operator's own; it reads its configuration again");
    isTold = !isWhole;
  }
  return never();
}

async function keepService(
  platform: Platform,
  name: ServiceName,
  first: Running,
  stopped: AbortSignal,
  tell: (what: string) => void,
): Promise<Error> {
  const restarts = new Restarts();
  for (let running = first; ;) {
    const reason = await running.ended;
    if (stopped.aborted) return never();
    const why = `the service ${name} has ended by itself (${reason?.message ?? "for no reason that it knows"})`;
    if (restarts.areTooMany()) return new Error(`${why}, again and again; its log is ${platform.logFile}`);
    tell(`${why}; it is started again`);
    // It ends where a durable of its own is taken away, which no service may make.
    await platform
      .provide(stopped)
      .catch((err: unknown) => platform.log.warn({ err }, "cannot provide what is missing"));
    if (stopped.aborted) return never();
    running = await platform.another(name);
  }
}

const never = (): Promise<never> => new Promise(() => {});
