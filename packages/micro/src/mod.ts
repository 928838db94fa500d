/** A NATS service, written once. */
export { type Caller, callerOf, type Standing } from "./caller.ts";
export type { Backoff } from "./backoff.ts";
export { type CallOptions, type Client, client, NoAnswerError, NobodyAnswersError } from "./client.ts";
export { ConfigError, readConfig } from "./config.ts";
export { connect, type ConnectOptions, oldestServer, ServerTooOldError } from "./connect.ts";
export { leave } from "./leave.ts";
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
export type { Command } from "./command.ts";
export { describe } from "./describe.ts";
export type { Call, Handler, Handlers } from "./handler.ts";
export type { Health } from "./health.ts";
export { isRefusal, kitRefusal, Refusal, refuse } from "./refusal.ts";
export { serve, type ServeOptions, type Serving } from "./serve.ts";
