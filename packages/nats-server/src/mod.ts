/** A real nats-server for people who have none: found, fetched or built, and started in operator mode. */
export {
  type ConfigOptions,
  type OperatorOptions,
  type Ports,
  renderConfig,
  renderTrust,
  type WebsocketOptions,
} from "./config.ts";
export { type Attempt, NatsServerNotFoundError, NatsServerStartError, NatsServerUnusableError } from "./errors.ts";
export { findNatsServer } from "./find.ts";
export type { ReleaseArchive } from "./release.ts";
export type { FindOptions, FoundServer } from "./search.ts";
export { type NatsServer, startNatsServer, type StartOptions } from "./start.ts";
export { compareVersions, FLOOR_VERSION } from "./version.ts";
export type { Exit } from "./watchdog.ts";
