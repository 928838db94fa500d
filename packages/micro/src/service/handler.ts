/** What a service implements: one handler for each endpoint of its contract. */
import type {
  AccountKey,
  Endpoint,
  EndpointName,
  ParamsOf,
  ReplyOf,
  RequestOf,
  ServiceContract,
} from "@natster/contracts";
import type { Caller } from "./caller.ts";
import type { Command } from "./command.ts";

/** What a handler is given. The caller is who nats-server says; request and params have passed their schemas. */
export interface Call<E extends Endpoint> {
  readonly caller: Caller;
  /**
   * The account that nats-server says a request came from, over an import. For a service in a person's account, which
   * has no caller: inside that account it is absent, or whatever the sender wrote.
   */
  readonly from?: AccountKey | undefined;
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
