/** A NATS service, written once. */
export { type Caller, callerOf, type Standing } from "./caller.ts";
export { type CallOptions, type Client, client, NoAnswerError, NobodyAnswersError } from "./client.ts";
export { ConfigError, readConfig } from "./config.ts";
export { connect, type ConnectOptions, oldestServer, ServerTooOldError } from "./connect.ts";
export { createLog, type Logger, silentLog } from "./log.ts";
export {
  defineProgram,
  type Implementation,
  type KitConfig,
  kitConfig,
  type Program,
  run,
  type Running,
  start,
  type Surroundings,
} from "./program.ts";
export { isRefusal, Refusal, refuse } from "./refusal.ts";
export {
  type Call,
  type Command,
  describe,
  type Handler,
  type Handlers,
  serve,
  type ServeOptions,
  type Serving,
} from "./serve.ts";
