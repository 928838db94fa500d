/** Commands: what was asked has a name, so that asking again does not do it twice. */
import { type MsgHdrs, nuid } from "@nats-io/nats-core";
import type { Caller } from "./caller.ts";

/** A command: who asked what, under which name. Asked again under the same name, it is done once. */
export interface Command {
  readonly id: string;
  /** `<service>.<endpoint>`. */
  readonly name: string;
  readonly caller: Caller;
  /** It follows from what is recorded already: nobody asked for it, so it counts against nobody's rate. */
  readonly follows?: true;
}

/** What follows from a command is done once with it. */
export const following = (command: Command, what: string): Command => ({
  ...command,
  id: `${command.id}-${what}`,
  follows: true,
});

/** The header that names a command. It is the one by which JetStream tells a repeat. */
export const commandHeader = "Nats-Msg-Id";

/** The caller's name for the command, or a new one where it gave none that is fit to be a header. */
export function commandId(given: MsgHdrs | undefined): string {
  const id = given?.get(commandHeader) ?? "";
  return /^[\w-]{8,64}$/.test(id) ? id : nuid.next();
}
