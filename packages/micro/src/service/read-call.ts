/** From a message to a call: everything that a handler may rely on is checked here, once. */
import { type Endpoint, paramsIn, type ServiceContract } from "@natster/contracts";
import type { ServiceMsg } from "@nats-io/services";
import { type Caller, callerOf, importerOf, type Standing } from "./caller.ts";
import { decode, issuesOf } from "./codec.ts";
import { commandId } from "./command.ts";
import type { Call } from "./handler.ts";
import { kitRefusal } from "./refusal.ts";

/** An endpoint as it is served. */
export interface ServedEndpoint {
  readonly contract: ServiceContract;
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Who is who; needed where the contract runs on the platform. */
  readonly standing: Standing | undefined;
}

/** The largest request that is read where the contract says nothing. */
const defaultMaxRequest = 64 * 1024;

/** Reads a call. Throws the refusal of what may not be asked, or not like this. */
export function readCall({ contract, name, endpoint, standing }: ServedEndpoint, message: ServiceMsg): Call<Endpoint> {
  const caller = callerFor(contract, message, standing);
  if (caller?.newcomer && endpoint.access !== "lobby") throw kitRefusal("not_registered");
  if (endpoint.roles && !(caller?.role && endpoint.roles.includes(caller.role))) throw kitRefusal("wrong_role");
  if (endpoint.access === "administrator" && !caller?.administrator) throw kitRefusal("not_administrator");
  const most = endpoint.maxRequest ?? defaultMaxRequest;
  if (message.data.length > most) {
    throw kitRefusal("request_too_large", { message: `a request of at most ${most} bytes is read here` });
  }
  const params = endpoint.params?.safeParse(paramsIn(contract, endpoint, message.subject));
  if (params && !params.success) throw kitRefusal("invalid_request", { issues: issuesOf(params.error) });
  const request = decode(endpoint.request, message.data);
  if (!request.success) throw kitRefusal("invalid_request", { issues: request.issues });
  return {
    caller,
    ...(contract.runsIn === "person" && { from: importerOf(message.headers) }),
    request: request.data,
    params: params?.data,
    command: { id: commandId(message.headers), name: `${contract.name}.${name}`, caller },
  } as Call<Endpoint>;
}

function callerFor(contract: ServiceContract, message: ServiceMsg, standing: Standing | undefined): Caller | undefined {
  if (contract.runsIn === "person") return undefined;
  const caller = standing && callerOf(message.subject, message.headers, standing);
  if (!caller) throw kitRefusal("invalid_request", { message: "no account in the subject" });
  return caller;
}
