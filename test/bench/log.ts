/**
 * What the log costs. Projecting: the `shares` read model against the same durable, of which nothing is written. Deciding:
 * a command against a bare publish. Taking effect: from a share to where people see it and nats-server acts on it.
 * `NATSTER_EVENTS` says how many events there are to project; 100,000 unless given.
 */
import type { Bench } from "./harness.ts";
import { measureCommands } from "./log-commands.ts";
import { measureProjecting } from "./log-projecting.ts";

export const bench: Bench = async (options) => [
  ...(await measureProjecting(options)),
  ...(await measureCommands(options)),
];
