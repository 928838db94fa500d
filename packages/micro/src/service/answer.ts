/** The answering of one request: with the reply, the refusal, or a fault that says nothing but where to look. */
import { type Endpoint, kitErrors } from "@natster/contracts";
import { nuid } from "@nats-io/nats-core";
import type { ServiceMsg } from "@nats-io/services";
import { encode } from "./codec.ts";
import { UnreadableEventError } from "../events/event.ts";
import type { Logger } from "./log.ts";
import { readCall, type ServedEndpoint } from "./read-call.ts";
import { kitRefusal, Refusal } from "./refusal.ts";
import type { Tally } from "./tally.ts";
import { traced, traceparent } from "../trace.ts";
import { isUnreachable } from "../connection/unreachable.ts";

/** An endpoint, who handles it, and where it is told of. */
export interface AnsweredEndpoint extends ServedEndpoint {
  readonly handler: (call: unknown) => unknown;
  readonly tally: Tally;
  readonly log: Logger;
}

/** Answers one request, always; never rejects. */
export async function answer(served: AnsweredEndpoint, message: ServiceMsg): Promise<void> {
  const done = served.tally.begin();
  try {
    const span = { kind: "server", name: served.endpoint.subject, from: message.headers?.get(traceparent) } as const;
    message.respond(await traced(span, () => replyTo(served, message)));
    done({});
  } catch (error) {
    const refusal = refusalOf(served, error);
    respondRefusal(message, refusal);
    done({ refused: refusal.reason, fault: refusal.errorId !== undefined });
  }
}

async function replyTo(served: AnsweredEndpoint, message: ServiceMsg): Promise<Uint8Array> {
  const { reply: schema } = served.endpoint;
  const reply = schema.safeParse(await served.handler(readCall(served, message)));
  if (!reply.success) throw new Error("the reply is against the contract", { cause: reply.error });
  return encode(schema, reply.data);
}

/** What the caller is told. What nobody declared says nothing of its cause; that is in the log, once. */
function refusalOf({ contract, name, endpoint, log }: AnsweredEndpoint, error: unknown): Refusal {
  if (error instanceof Refusal && isDeclared(endpoint, error)) return error;
  const at = { err: error, endpoint: `${contract.name}.${name}` };
  if (isUnreachable(error)) {
    log.warn(at, "what this needs cannot be reached");
    return kitRefusal("unavailable");
  }
  const errorId = nuid.next();
  if (error instanceof UnreadableEventError) {
    log.error({ ...at, errorId }, "an event cannot be read, so nothing is decided");
    return kitRefusal("unreadable", { message: error.message, errorId });
  }
  log.error({ ...at, errorId }, "fault");
  return kitRefusal("internal", { message: `${contract.name} failed`, errorId });
}

/** A refusal that the endpoint does not declare is a mistake of the service, like any other error. */
const isDeclared = (endpoint: Endpoint, { reason, code }: Refusal): boolean =>
  ({ ...kitErrors, ...endpoint.errors } as Record<string, number>)[reason] === code;

/** ADR-32: a numeric code and one line of text in headers; what else there is to say, in the body. */
function respondRefusal(message: ServiceMsg, refusal: Refusal): void {
  const line = refusal.message.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  try {
    message.respondError(refusal.code, line, JSON.stringify(refusal.body()));
  } catch {
    // The connection is gone, and with it the way to the caller, who will ask again.
  }
}
