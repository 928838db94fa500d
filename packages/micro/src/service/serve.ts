/** The answering side of a contract: a service of the NATS services API (ADR-32), with everything done once. */
import { type Endpoint, type EndpointName, servedSubject, type ServiceContract } from "@natster/contracts";
import type { NatsConnection, SubscriptionOptions } from "@nats-io/nats-core";
import { Svcm } from "@nats-io/services";
import { answer } from "./answer.ts";
import type { Standing } from "./caller.ts";
import { describe } from "./describe.ts";
import type { Handlers } from "./handler.ts";
import { type Health, healthEndpoint, healthSubject } from "./health.ts";
import { isThere } from "../connection/leave.ts";
import type { Logger } from "./log.ts";
import { trueStatistics } from "./statistics.ts";
import { Tally } from "./tally.ts";

/** How a contract is served. */
export interface ServeOptions {
  readonly connection: NatsConnection;
  /** Endpoints that are asked over another connection of the same user: no other answer waits behind theirs. */
  readonly apart?: { readonly connection: NatsConnection; readonly endpoints: readonly string[] } | undefined;
  readonly log: Logger;
  /** Who is who; needed where the contract runs on the platform. */
  readonly standing?: Standing;
  /** Values of subject parameters that this instance serves alone, such as its catalog. */
  readonly fixed?: Readonly<Record<string, string>>;
  readonly metadata?: Record<string, string>;
  /** More of what `health` tells. */
  readonly checks?: () => Record<string, string>;
  /** More of what `stats` tells, under `data` of the `health` endpoint; nothing where it cannot be had. */
  readonly figures?: () => unknown;
}

/** A service that is answering. */
export interface Serving {
  readonly id: string;
  /** What its health endpoint says. */
  health(): Health;
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
  const { connection, apart, log, standing, fixed = {}, metadata = {}, checks, figures } = options;
  const connections = apart ? [connection, apart.connection] : [connection];
  const tallies = new Map<string, Tally>();
  const taken = new Set<Promise<void>>();
  let stopping = false;

  const elsewhere = new Set<string>();
  const service = await new Svcm(apart ? hearing(connection, elsewhere, apart.connection) : connection).add({
    name: contract.name,
    version: contract.version,
    description: contract.description,
    metadata,
    queue: contract.name,
    statsHandler: trueStatistics(tallies, async (name) =>
      name === health && figures ? { figures: await Promise.resolve(figures()).catch(() => undefined) } : {},
    ),
  });
  const { id } = service.info();

  const add = (name: string, subject: string, endpoint: Endpoint, { handler, of }: Handled) => {
    const tally = new Tally();
    tallies.set(name, tally);
    const served = { contract: of, name, endpoint, handler, standing, tally, log };
    service.addEndpoint(name, {
      subject,
      metadata: describe(endpoint),
      // The library calls handlers synchronously: a promise would be lost, so it is kept here.
      handler: (error, message) => {
        if (error) return;
        const answered = answer(served, message).finally(() => taken.delete(answered));
        taken.add(answered);
      },
    });
  };

  for (const [name, endpoint] of Object.entries(contract.endpoints)) {
    const handler = handlers[name as EndpointName<S>] as unknown as Handled["handler"];
    const subject = servedSubject(contract, endpoint, fixed);
    if (apart?.endpoints.includes(name)) elsewhere.add(subject);
    add(name, subject, endpoint, { handler, of: contract });
  }
  const status = (): Health => ({ status: stopping ? "stopping" : "ok", ...(checks && { checks: checks() }) });
  // It is asked inside the account, with no caller in its subject.
  add(health, healthSubject(contract.name, id), healthEndpoint, {
    handler: status,
    of: { ...contract, runsIn: "person" },
  });
  // Subscriptions travel with the flush: a request that is sent after it finds this service.
  await Promise.all(connections.map((each) => each.flush()));
  log.debug({ id }, "listening");

  return {
    id,
    health: status,
    stopped: service.stopped,
    async stop() {
      stopping = true;
      // Where nats-server is away nobody asks any more.
      if ((await Promise.all(connections.map(isThere))).every(Boolean)) await service.stop();
      while (taken.size > 0) await Promise.all(taken);
    },
  };
}

/** A connection that is like the first, but hears these subjects over the second: the library knows of one for each service. */
const hearing = (first: NatsConnection, subjects: ReadonlySet<string>, second: NatsConnection): NatsConnection =>
  Object.create(first, {
    subscribe: {
      value: (subject: string, options?: SubscriptionOptions) =>
        (subjects.has(subject) ? second : first).subscribe(subject, options),
    },
  });

const health = "health";

interface Handled {
  readonly handler: (call: unknown) => unknown;
  readonly of: ServiceContract;
}
