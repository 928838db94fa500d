/** A service as a process: configuration, connection, service, and an orderly end. */
import { AccountKey, type ServiceContract } from "@natster/contracts";
import type { NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";
import { ConfigError, readConfig } from "./config.ts";
import { connect, ServerTooOldError } from "../connection/connect.ts";
import { createLog, type Logger } from "./log.ts";
import type { Handlers } from "./handler.ts";
import { isThere, leave } from "../connection/leave.ts";
import { answerProbes } from "./probe.ts";
import { whenProvided } from "./provided.ts";
import { serve, type ServeOptions } from "./serve.ts";
import { onUnexpected } from "./unexpected.ts";
import { sayWhyItEnds } from "./why-it-ends.ts";
import { traceWhereAsked } from "../trace.ts";

/** What every platform service reads from its environment. */
export const kitConfig = z.object({
  NATS_URL: z.string().transform((urls) => urls.split(",")),
  /** Path of the creds file with which this service answers, in the platform's account. */
  NATS_CREDS: z.string(),
  /** Path of the creds file with which it reaches the streams, from an account of its own; where it needs them. */
  NATS_STREAMS_CREDS: z.string().optional(),
  /** Account keys of the administrators, separated by commas. */
  NATSTER_ADMINISTRATORS: z
    .string()
    .default("")
    .transform((keys) => keys.split(",").filter(Boolean))
    .pipe(z.array(AccountKey)),
  /** Key of the account through which newcomers come. */
  NATSTER_LOBBY: AccountKey,
  /**
   * How often in a minute an account may have something recorded that takes room in the log, newcomers all together, and
   * as often something taken back.
   */
  NATSTER_COMMANDS_PER_MINUTE: z.coerce.number().int().min(1).default(3_000),
  /** Path of a socket on which this instance tells whoever runs it how it is; see `probe.ts`. */
  NATSTER_PROBE: z.string().optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});
export type KitConfig = z.infer<typeof kitConfig>;

/** What a program's implementation is given. */
export interface Surroundings<C extends z.ZodObject = z.ZodObject> {
  /** In the platform's account, where it hears and answers requests. */
  readonly connection: NatsConnection;
  /** Connects in the service's own account, from which the streams are reached. Throws `ConfigError`. */
  readonly openStreams: () => Promise<NatsConnection>;
  readonly log: Logger;
  readonly config: KitConfig & z.infer<C>;
  /** Whatever is opened for the program's life is handed to this, and closed in reverse before the connections. */
  readonly closing: AsyncDisposableStack;
}

/** What an implementation returns: its handlers, and what it has to say in health and stats. */
export interface Implementation<S extends ServiceContract> extends Pick<ServeOptions, "checks" | "figures"> {
  readonly handlers: Handlers<S>;
}

/** A platform service that can be started. */
export interface Program<S extends ServiceContract = ServiceContract, C extends z.ZodObject = z.ZodObject> {
  readonly contract: S;
  /** Its own variables, beside those of the kit. */
  readonly config: C;
  readonly implement: (surroundings: Surroundings<C>) => Promise<Implementation<S>> | Implementation<S>;
}

/** Declares a program. */
export const defineProgram = <S extends ServiceContract, C extends z.ZodObject>(
  program: Program<S, C>,
): Program<S, C> => program;

/** A program that is running. */
export interface Running extends AsyncDisposable {
  readonly connection: NatsConnection;
  /** Resolves when it has ended: with the reason where nobody asked it to stop. */
  readonly ended: Promise<Error | undefined>;
  /** Takes no more requests, answers those it has, and closes. */
  stop(): Promise<void>;
}

/**
 * Starts a program with these variables; resolves when it answers. `signal` ends a start that waits for nats-server.
 * Throws `ConfigError`, `ServerTooOldError` or the signal's reason.
 */
export async function start<S extends ServiceContract, C extends z.ZodObject>(
  program: Program<S, C>,
  env: NodeJS.ProcessEnv = process.env,
  log?: Logger,
  signal?: AbortSignal,
): Promise<Running> {
  const { contract } = program;
  const config = readConfig(kitConfig.extend(program.config.shape), env) as KitConfig & z.infer<C>;
  const ownLog = log ?? createLog(contract.name, config.LOG_LEVEL);
  await using undo = new AsyncDisposableStack();
  const open = (file: string, name: string) =>
    connect({ servers: config.NATS_URL, creds: { file }, name, log: ownLog, signal });
  const connection = await open(config.NATS_CREDS, contract.name);
  undo.defer(() => connection.close());
  const implement = async () => {
    // What was provided would be of no use without it.
    if (connection.isClosed()) throw closedError();
    await using begun = new AsyncDisposableStack();
    const streams: NatsConnection[] = [];
    begun.defer(async () => void (await Promise.all(streams.map((each) => each.close()))));
    const openStreams = async () => {
      if (config.NATS_STREAMS_CREDS === undefined) throw new ConfigError("cannot start: NATS_STREAMS_CREDS is not set");
      const made = await open(config.NATS_STREAMS_CREDS, `${contract.name} (streams)`);
      streams.push(made);
      return made;
    };
    const closing = begun.use(new AsyncDisposableStack());
    const implementation = await program.implement({ connection, openStreams, log: ownLog, config, closing });
    return { ...implementation, streams, closing, begun: begun.move() };
  };
  const { handlers, streams, closing, begun, ...more } = await whenProvided(implement, ownLog, signal);
  undo.use(begun);
  const connections = [connection, ...streams];
  const standing = { lobby: config.NATSTER_LOBBY, administrators: new Set(config.NATSTER_ADMINISTRATORS) };
  const serving = await serve(contract, handlers, { connection, log: ownLog, standing, ...more });
  if (config.NATSTER_PROBE !== undefined) {
    const health = async () => {
      // Well is who can still speak with nats-server.
      await connection.flush();
      return serving.health();
    };
    closing.use(await answerProbes(config.NATSTER_PROBE, health));
  }
  undo.move();

  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      await serving.stop();
      // What waits for a nats-server that is away ends with its connection, and not one after the other when each gives up.
      await Promise.all(connections.map(async (each) => ((await isThere(each)) ? undefined : each.close())));
      await closing.disposeAsync();
      // Everything asked for is answered; drain sends what is still on its way.
      await Promise.all(connections.map(leave));
    })());
  // A denied subscription ends a service in the library: better to end the process, seen, than to live on deaf.
  const closed = connections.map((each) => each.closed());
  const ended = Promise.race([serving.stopped, ...closed]).then(async (reason) => {
    if (stopped) return undefined;
    const cause = connections.some((each) => each.isClosed()) ? closedError() : reason;
    ownLog.fatal({ err: cause }, "cannot go on");
    await stop().catch((error: unknown) => ownLog.error({ err: error }, "could not end in order"));
    return cause ?? new Error("the service was stopped");
  });
  return {
    connection,
    ended,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const closedError = () => new Error("the connection was closed");

/**
 * Runs a program as a process until SIGTERM or SIGINT. What its operator has to mend, a setting or a nats-server that is
 * too old, is one line on standard error, and exit 2; any other error is named in the log, and exit 1.
 */
export async function run<S extends ServiceContract, C extends z.ZodObject>(program: Program<S, C>): Promise<void> {
  const asked = new AbortController();
  let running: Running | undefined;
  const stop = () => {
    asked.abort();
    void running?.stop();
  };
  // From the first moment: in a container, nothing else ends a process that waits.
  process.once("SIGTERM", stop).once("SIGINT", stop);
  using _last = onUnexpected((err) => {
    createLog(program.contract.name).fatal({ err }, "cannot go on");
    process.exitCode = 1;
    stop();
  });
  await using _traces = await traceWhereAsked(program.contract.name);
  try {
    running = await start(program, process.env, undefined, asked.signal);
    if (await running.ended) process.exitCode = 1;
  } catch (error) {
    if (asked.signal.aborted) return;
    sayWhyItEnds(program.contract.name, error, [ServerTooOldError]);
  }
}
