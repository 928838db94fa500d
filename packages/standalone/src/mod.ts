/** All services in one process, beside one nats-server. */
export { DirectoryInUseError, type Holder, holderOf } from "./directory/lock.ts";
export { DirectoryTooNewError } from "./directory/settings.ts";
export { StartTimeoutError } from "./patience.ts";
export { DirectoryTooOldError } from "./renew.ts";
export { NoInstallationError, provisionSystem } from "./bootstrap.ts";
export { backupSystem, type LogOptions, NoLogError, restoreSystem } from "./log-backup.ts";
export { type Installation, InstallationLostError, openInstallation } from "./installation.ts";
export { type Platform, type PlatformOptions, type ServiceName, serviceNames, startPlatform } from "./platform.ts";
export {
  backupOperator,
  OperatorError,
  renewReserve,
  restoreOperator,
  type Rotation,
  rotateSigningKey,
} from "./operator.ts";
export {
  type Listen,
  type OperatorFiles,
  serverConfigFile,
  serversOf,
  settingsFolder,
  writeOperatorFiles,
} from "./operator-files.ts";
export { serviceEnvironment, type Servers, type ServiceSettings } from "./service-environment.ts";
export { runSystem, type System, type SystemOptions } from "./system.ts";
