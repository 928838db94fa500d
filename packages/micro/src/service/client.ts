/** The asking side of a contract: one typed function for each endpoint. */
import {
  askedSubject,
  type Endpoint,
  type EndpointName,
  kitErrors,
  type ParamsOf,
  type RefusalBody,
  type ReplyOf,
  type RequestOf,
  type ServiceContract,
} from "@natster/contracts";
import {
  headers,
  type Msg,
  type NatsConnection,
  NoRespondersError,
  nuid,
  RequestError,
  TimeoutError,
} from "@nats-io/nats-core";
import type * as z from "zod";
import { decodeReply, encode, issuesOf } from "./codec.ts";
import { commandHeader } from "./command.ts";
import { Refusal } from "./refusal.ts";
import { traced, traceparent } from "../trace.ts";

export { isRefusal, Refusal } from "./refusal.ts";

/** Nobody serves what was asked for: the service is not there, or the caller's account may not reach it. */
export class NobodyAnswersError extends Error {
  override readonly name = "NobodyAnswersError";
}

/** No answer came in time; the request may have been carried out all the same. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/** What one call may say beyond its request. */
export interface CallOptions {
  /** Milliseconds until the caller gives up; 5,000 where nothing is said. */
  readonly timeout?: number;
  /**
   * Names the command, so that asking again does not do it twice. A call that is refused as `unavailable` or
   * `behind` is repeated under the same name, within its timeout.
   */
  readonly commandId?: string;
}

type Ask<E extends Endpoint> = E["params"] extends z.ZodObject
  ? (request: RequestOf<E>, params: ParamsOf<E>, options?: CallOptions) => Promise<ReplyOf<E>>
  : (request: RequestOf<E>, options?: CallOptions) => Promise<ReplyOf<E>>;

/** A typed client of a service. */
export type Client<S extends ServiceContract> = { readonly [N in EndpointName<S>]: Ask<S["endpoints"][N]> };

/**
 * Makes the client of a contract over a connection.
 *
 * `subject` maps what the contract says to what this account calls it, for what was imported under another name;
 * `timeout` is for calls that say none of their own.
 * A call throws `Refusal` for what the contract declares, `NobodyAnswersError`, or `NoAnswerError`.
 */
export function client<S extends ServiceContract>(
  contract: S,
  connection: NatsConnection,
  {
    subject = (said: string) => said,
    timeout,
  }: { subject?: (said: string) => string; timeout?: number | undefined } = {},
): Client<S> {
  const usual = timeout === undefined ? {} : { timeout };
  const asks = Object.entries(contract.endpoints).map(([name, endpoint]) => {
    const ask = endpoint.params
      ? (request: unknown, params: unknown, options?: CallOptions) =>
          call(
            connection,
            endpoint,
            subject(askedSubject(endpoint, endpoint.params?.parse(params) as never)),
            request,
            { ...usual, ...options },
          )
      : (request: unknown, options?: CallOptions) =>
          call(connection, endpoint, subject(endpoint.subject), request, { ...usual, ...options });
    return [name, ask];
  });
  return Object.fromEntries(asks) as Client<S>;
}

async function call(
  connection: NatsConnection,
  endpoint: Endpoint,
  subject: string,
  request: unknown,
  { timeout = 5_000, commandId = nuid.next() }: CallOptions = {},
): Promise<unknown> {
  const checked = endpoint.request.safeParse(request);
  if (!checked.success) {
    throw new Refusal(kitErrors.invalid_request, {
      reason: "invalid_request",
      message: `the request does not fit ${subject}`,
      issues: issuesOf(checked.error),
    });
  }
  const payload = encode(endpoint.request, checked.data);
  const until = Date.now() + timeout;
  const began = Date.now();
  for (let pause = 50; ; pause *= 2) {
    try {
      return await traced({ kind: "client", name: endpoint.subject }, (from) =>
        once(connection, endpoint, subject, payload, { commandId, from }, until - Date.now()),
      );
    } catch (error) {
      const soon = Date.now() + pause;
      // A last try without time for its answer would leave unsaid what was answered before it.
      if (!isPassing(error, soon - began) || soon + pause >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/**
 * While nats-server takes in a new JWT of the caller's own account, its imports are gone for an instant and nobody
 * seems to answer. Nobody has heard the question then, so it can be asked again.
 */
const instant = 200;

/** Whether asking again, so many milliseconds after the first time, may well succeed. */
const isPassing = (error: unknown, after: number): boolean =>
  error instanceof NobodyAnswersError
    ? after <= instant
    : error instanceof Refusal && (error.reason === "unavailable" || error.reason === "behind");

async function once(
  connection: NatsConnection,
  endpoint: Endpoint,
  subject: string,
  payload: Uint8Array,
  { commandId, from }: { readonly commandId: string; readonly from: string | undefined },
  timeout: number,
): Promise<unknown> {
  const named = headers();
  named.set(commandHeader, commandId);
  if (from !== undefined) named.set(traceparent, from);
  let message: Msg;
  try {
    message = await connection.request(subject, payload, { timeout: Math.max(1, timeout), headers: named });
  } catch (error) {
    if (error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())) {
      throw new NobodyAnswersError(`nobody answers ${subject}`, { cause: error });
    }
    if (error instanceof TimeoutError || (error instanceof RequestError && error.cause instanceof TimeoutError)) {
      throw new NoAnswerError(`no answer to ${subject} within ${timeout} ms`, { cause: error });
    }
    throw error;
  }
  const code = Number(message.headers?.get("Nats-Service-Error-Code") || 0);
  if (code !== 0) throw new Refusal(code, refusalIn(message));
  const reply = decodeReply(endpoint.reply, message.data);
  if (!reply.success) throw new Error(`${subject} answered against its contract: ${reply.issues[0]?.path}`);
  return reply.data;
}

/** A refusal's body; a service that is not of this kit has only the header's text. */
function refusalIn(message: Msg): RefusalBody {
  const fallback = { reason: "unknown", message: message.headers?.get("Nats-Service-Error") || "refused" };
  try {
    return { ...fallback, ...message.json<Partial<RefusalBody>>() };
  } catch {
    return fallback;
  }
}
