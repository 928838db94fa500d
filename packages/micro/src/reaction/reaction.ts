/** Reactions: what a service does because of an event, once for each, however often it is delivered. */
import type { EventsContract, IdOf } from "@natster/contracts";
import type { DurableContract } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Recorded } from "../events/aggregate.ts";
import { openDurable } from "../events/durable.ts";
import { traceIn } from "../events/event.ts";
import { readerForDecisions } from "../events/left-out.ts";
import type { Logger } from "../service/log.ts";
import { askedAtOnce, reactToEach, type RunningReaction } from "./react-to-each.ts";
import { takesTraces, traced } from "../trace.ts";

/** How a reaction runs. */
export interface ReactionOptions {
  readonly connection: NatsConnection;
  readonly log: Logger;
}

/**
 * Calls `react` with each event of a durable, one after another, and acknowledges it when it has returned. What throws
 * is delivered again after a while, so `react` must be idempotent by the event; so is an event that cannot be read, until
 * it can be, or an administrator had it skipped.
 */
export async function runReaction<E extends EventsContract>(
  contract: DurableContract,
  events: E,
  { connection, log }: ReactionOptions,
  react: (id: IdOf<E>, event: Recorded<E>) => Promise<void>,
): Promise<RunningReaction> {
  const durable = await openDurable(connection, contract.name, { prefetch: askedAtOnce });
  const read = await readerForDecisions(connection);
  return reactToEach(durable, {
    connection,
    log: log.child({ reaction: contract.name }),
    async read(message) {
      const found = await read(events, message);
      return found && { ...found, from: takesTraces() ? traceIn(message.data) : undefined };
    },
    react: ({ id, event, from }) =>
      from === undefined
        ? react(id, event)
        : traced({ kind: "consumer", name: `react ${contract.name}`, from }, () => react(id, event)),
  });
}
