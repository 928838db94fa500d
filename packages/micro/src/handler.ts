/** What a service implements: one handler for each endpoint of its contract. */
import type { Endpoint, EndpointName, ParamsOf, ReplyOf, RequestOf, ServiceContract } from "@natster/contracts";
import type { Caller } from "./caller.ts";
import type { Command } from "./command.ts";

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
