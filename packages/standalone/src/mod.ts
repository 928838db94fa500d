/** All services in one process, beside one nats-server. */
export { type Installation, openInstallation } from "./installation.ts";
export { type Platform, type PlatformOptions, type ServiceName, startPlatform } from "./platform.ts";
