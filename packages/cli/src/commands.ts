/** Every command in a line. What a command needs is loaded when it is used, and not before. */
import type { Command } from "./define.ts";

/** A command, or a group of them. */
export type Entry =
  | { readonly summary: string; readonly load: () => Promise<{ readonly default: Command }> }
  | { readonly summary: string; readonly commands: Readonly<Record<string, Entry>> };

export const commands: Readonly<Record<string, Entry>> = {
  up: { summary: "Run a whole system on this machine, from one folder", load: () => import("./commands/up.ts") },
  down: { summary: "Stop the system that runs on this machine", load: () => import("./commands/down.ts") },
  status: { summary: "Say what runs on this machine", load: () => import("./commands/status.ts") },
  whoami: { summary: "Say who you are, and on which system", load: () => import("./commands/whoami.ts") },
};
