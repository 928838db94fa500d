/**
 * A NATS service, written once. `service/` serves and asks, over a `connection/`; `events/` decides and records;
 * `projection/` keeps rows that follow from the log, and `reaction/` does what follows from it; `backup/` has the log in a file.
 */
export type { Caller, Standing } from "./service/caller.ts";
export type { Backoff } from "./connection/backoff.ts";
export { type CallOptions, type Client, client, NoAnswerError, NobodyAnswersError } from "./service/client.ts";
export { ConfigError, readConfig } from "./service/config.ts";
export { connect, type ConnectOptions, ServerTooOldError } from "./connection/connect.ts";
export { leave } from "./connection/leave.ts";
export { createLog, type Logger, silentLog } from "./service/log.ts";
export {
  defineProgram,
  type Implementation,
  type KitConfig,
  type Program,
  run,
  type Running,
  start,
  type Surroundings,
} from "./service/program.ts";
export { type Command, following } from "./service/command.ts";
export { describe } from "./service/describe.ts";
export type { Call, Handler, Handlers } from "./service/handler.ts";
export type { Health } from "./service/health.ts";
export { isRefusal, kitRefusal, Refusal, refuse } from "./service/refusal.ts";
export { sayWhyItEnds } from "./service/why-it-ends.ts";
export { serve, type ServeOptions, type Serving } from "./service/serve.ts";
