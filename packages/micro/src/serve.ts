/** The answering side of a contract: a service of the NATS services API (ADR-32), with everything done once. */
import {
  type Endpoint,
  type EndpointName,
  paramsIn,
  type ParamsOf,
  type ReplyOf,
  type RequestOf,
  servedSubject,
  type ServiceContract,
} from "@natster/contracts";
import { headers, type MsgHdrs, type NatsConnection, nuid } from "@nats-io/nats-core";
import { type Endpoint as LibraryEndpoint, type Service, type ServiceMsg, Svcm } from "@nats-io/services";
import * as z from "zod";
import { type Caller, callerOf, type Standing } from "./caller.ts";
import { commandHeader } from "./client.ts";
import { decode, encode, issuesOf } from "./codec.ts";
import type { Logger } from "./log.ts";
import { kitRefusal, Refusal } from "./refusal.ts";
import { Tally } from "./tally.ts";

/** A command: who asked what, under which name. Asked again under the same name, it is done once. */
export interface Command {
  readonly id: string;
  /** `<service>.<endpoint>`. */
  readonly name: string;
  readonly caller: Caller;
}

/** What a handler is given. The caller is who nats-server says; request and params have passed their schemas. */
export interface Call<E extends Endpoint> {
  readonly caller: Caller;
  readonly request: RequestOf<E>;
  readonly params: ParamsOf<E>;
  readonly command: Command;
}

/** Answers one endpoint: returns the reply, throws `refuse(…)` for what the contract declares, or rises. */
export type Handler<S extends ServiceContract, N extends EndpointName<S>> = (
  call: Call<S["endpoints"][N]>,
) => ReplyOf<S["endpoints"][N]> | Promise<ReplyOf<S["endpoints"][N]>>;

/** One handler for each endpoint of a contract. */
export type Handlers<S extends ServiceContract> = { readonly [N in EndpointName<S>]: Handler<S, N> };

/** What a service says of its own state; `checks` are short words such as `connected` or `3 behind`. */
export interface Health {
  readonly status: "ok" | "stopping";
  readonly checks?: Readonly<Record<string, string>>;
}

/** How a contract is served. */
export interface ServeOptions {
  readonly connection: NatsConnection;
  readonly log: Logger;
  /** Who is who; needed where the contract runs on the platform. */
  readonly standing?: Standing;
  /** Values of subject parameters that this instance serves alone, such as its catalog. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Endpoints that only this instance answers, outside the queue group: their subject names it. */
  readonly ownEndpoints?: readonly string[];
  readonly metadata?: Record<string, string>;
  /** More of what `health` tells. */
  readonly checks?: () => Record<string, string>;
  /** More of what `stats` tells, under `data` of the `health` endpoint. */
  readonly figures?: () => unknown;
}

/** A service that is answering. */
export interface Serving {
  readonly id: string;
  /** Resolves when it has stopped, with the reason where there is one. */
  readonly stopped: Promise<Error | null>;
  /** Takes no more requests and resolves when all that were taken are answered. */
  stop(): Promise<void>;
}

/** Serves a contract; resolves when nats-server knows of it, so that a request sent after that is answered. */
export async function serve<S extends ServiceContract>(
  contract: S,
  handlers: Handlers<S>,
  options: ServeOptions,
): Promise<Serving> {
  const { connection, log, fixed = {}, ownEndpoints = [], metadata = {} } = options;
  const tallies = new Map<string, Tally>();
  const taken = new Set<Promise<void>>();
  let stopping = false;

  const service = await new Svcm(connection).add({
    name: contract.name,
    version: contract.version,
    description: contract.description,
    metadata,
    queue: contract.name,
    statsHandler: (endpoint) => Promise.resolve(trueStats(endpoint, tallies, options.figures)),
  });

  const add = (name: string, subject: string, endpoint: Endpoint, queue: string | undefined, answer: Answer) => {
    const tally = new Tally();
    tallies.set(name, tally);
    service.addEndpoint(name, {
      subject,
      ...(queue !== undefined && { queue }),
      metadata: describe(endpoint),
      // The library calls handlers synchronously: a promise would be lost, so it is kept here.
      handler: (error, message) => {
        if (error) return;
        const answered = answer(message, tally).finally(() => taken.delete(answered));
        taken.add(answered);
      },
    });
  };

  for (const [name, endpoint] of Object.entries(contract.endpoints)) {
    const handler = handlers[name as EndpointName<S>] as unknown as (call: unknown) => unknown;
    add(
      name,
      servedSubject(contract, endpoint, fixed),
      endpoint,
      ownEndpoints.includes(name) ? "" : undefined,
      (message, tally) =>
        answerOne({ contract, name, endpoint, handler, message, tally, log, standing: options.standing }),
    );
  }
  add("health", `health.${contract.name}.${service.info().id}`, healthEndpoint, undefined, (message, tally) => {
    const done = tally.begin();
    const health: Health = {
      status: stopping ? "stopping" : "ok",
      ...(options.checks && { checks: options.checks() }),
    };
    message.respond(JSON.stringify(health));
    done({});
    return Promise.resolve();
  });
  // Subscriptions travel with the flush: a request that is sent after it finds this service.
  await connection.flush();
  log.debug({ id: service.info().id }, "listening");

  return {
    id: service.info().id,
    stopped: service.stopped,
    async stop() {
      stopping = true;
      await service.stop();
      while (taken.size > 0) await Promise.all(taken);
    },
  };
}

type Answer = (message: ServiceMsg, tally: Tally) => Promise<void>;

interface OneRequest {
  readonly contract: ServiceContract;
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly handler: (call: unknown) => unknown;
  readonly message: ServiceMsg;
  readonly tally: Tally;
  readonly log: Logger;
  readonly standing: Standing | undefined;
}

/** Answers one request, always: with the reply, the refusal, or a fault that says nothing but where to look. */
async function answerOne(one: OneRequest): Promise<void> {
  const { contract, name, endpoint, message, tally, log } = one;
  const done = tally.begin();
  try {
    const call = readCall(one);
    const reply = endpoint.reply.safeParse(await one.handler(call));
    if (!reply.success) throw new Error("the reply is against the contract", { cause: reply.error });
    message.respond(encode(endpoint.reply, reply.data));
    done({});
  } catch (error) {
    const declared = error instanceof Refusal;
    const refusal = declared ? error : fault(error, one);
    if (!declared) log.error({ err: error, endpoint: `${contract.name}.${name}`, errorId: refusal.errorId }, "fault");
    respondRefusal(message, refusal);
    done({ refused: refusal.reason, fault: !declared });
  }
}

/** Checks everything that a handler may rely on. */
function readCall({ contract, name, endpoint, message, standing }: OneRequest): Call<Endpoint> {
  const caller = callerFor(contract, message, standing);
  if (caller?.newcomer && endpoint.access !== "lobby") throw kitRefusal("not_registered");
  if (endpoint.access === "administrator" && !caller?.administrator) throw kitRefusal("not_administrator");
  const most = endpoint.maxRequest ?? 64 * 1024;
  if (message.data.length > most) {
    throw kitRefusal("request_too_large", { message: `a request of at most ${most} bytes is read here` });
  }
  const params = endpoint.params?.safeParse(paramsIn(contract, endpoint, message.subject));
  if (params && !params.success) throw kitRefusal("invalid_request", { issues: issuesOf(params.error) });
  const request = decode(endpoint.request, message.data);
  if (!request.success) throw kitRefusal("invalid_request", { issues: request.issues });
  const id = commandId(message.headers);
  return {
    caller,
    request: request.data,
    params: params?.data,
    command: { id, name: `${contract.name}.${name}`, caller },
  } as Call<Endpoint>;
}

function callerFor(contract: ServiceContract, message: ServiceMsg, standing: Standing | undefined): Caller | undefined {
  if (contract.runsIn === "person") return undefined;
  const caller = standing && callerOf(message.subject, message.headers, standing);
  if (!caller) throw kitRefusal("invalid_request", { message: "no account in the subject" });
  return caller;
}

/** The caller's name for the command, or a new one where it gave none that is fit to be a header. */
function commandId(given: MsgHdrs | undefined): string {
  const id = given?.get(commandHeader) ?? "";
  return /^[\w-]{8,64}$/.test(id) ? id : nuid.next();
}

const fault = (error: unknown, { contract }: OneRequest): Refusal =>
  kitRefusal("internal", { message: `${contract.name} failed`, errorId: error instanceof Refusal ? "" : nuid.next() });

/** ADR-32: a numeric code and one line of text in headers; what else there is to say, in the body. */
function respondRefusal(message: ServiceMsg, refusal: Refusal): void {
  message.respondError(refusal.code, refusal.message.replace(/[\r\n]+/g, " "), JSON.stringify(refusal.body()), {
    headers: headers(),
  });
}

const healthEndpoint: Endpoint = {
  subject: "health",
  summary: "Say how this instance is",
  request: z.strictObject({}),
  reply: z.strictObject({ status: z.enum(["ok", "stopping"]), checks: z.record(z.string(), z.string()).optional() }),
  errors: {},
};

/** What `nats micro info` shows of an endpoint: this is its documentation, for any language. */
export function describe(endpoint: Endpoint): Record<string, string> {
  const schema = (of: z.ZodType) => JSON.stringify(z.toJSONSchema(of, { unrepresentable: "any", io: "input" }));
  return {
    summary: endpoint.summary,
    schema_request: schema(endpoint.request),
    schema_response: schema(endpoint.reply),
    errors: JSON.stringify(endpoint.errors),
    ...(endpoint.access && { access: endpoint.access }),
  };
}

/** The part of the library's endpoint that its stats handler is given beside what its types say. */
interface Counted {
  readonly name: string;
  readonly stats?: {
    num_requests: number;
    num_errors: number;
    last_error: string | undefined;
    processing_time: number;
    average_processing_time: number;
  };
}

/**
 * Puts the true figures where the library is about to read its own, so that `nats micro stats` shows them, and
 * returns the rest as the endpoint's `data`.
 */
function trueStats(endpoint: LibraryEndpoint, tallies: Map<string, Tally>, figures?: () => unknown): unknown {
  const { name, stats } = endpoint as unknown as Counted;
  const tally = tallies.get(name);
  if (!tally) return null;
  if (stats) {
    stats.num_requests = tally.requests;
    stats.num_errors = tally.errors;
    stats.last_error = tally.lastError || undefined;
    stats.processing_time = tally.processingTime;
    stats.average_processing_time = tally.requests > 0 ? Math.round(tally.processingTime / tally.requests) : 0;
  }
  return { ...tally.report(), ...(name === "health" && figures && { figures: figures() }) };
}

export type { Service };
