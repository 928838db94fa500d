/** What is said on which subject. Each service has a door of its own; this one has what all of them share. */
export * from "./define.ts";
export { kitErrors, type KitReason, type RefusalBody } from "./kit.ts";
export * from "./nkey.ts";
export * from "./partitions.ts";
export * from "./sides.ts";
export * from "./subjects.ts";
export * from "./vocabulary.ts";
