/** A system as a person's device sees it: where it is, and how to dial it. */
import type { AccountKey, UserKey } from "@natster/contracts";
import type { Welcome } from "@natster/contracts/web";
import { inboxPrefix } from "@natster/contracts/borders";
import { authenticator, createKey, newcomerUser, parseCreds, readJwt } from "@natster/trust";
import type { ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import { endWhenRefused, isRefusal, type Pause, pausing } from "./patience.ts";

/** Opens a connection: `connect` of `@nats-io/transport-node`, or `wsconnect` in a browser. */
export type Dial = (options: ConnectionOptions) => Promise<NatsConnection>;

/** A system, by what it publishes about itself. */
export interface Place {
  readonly servers: readonly string[];
  readonly platform: AccountKey;
  readonly lobby: Welcome["lobby"];
  readonly dial: Dial;
}

/**
 * Connects as a device, with replies to an inbox of its own. Rejects where it is not let in at first; a connection that
 * is lost is sought again for ever, and given up only where the device is revoked, or after nothing but refusals for as
 * long as `patience` lasts; `ended` then says which.
 */
export async function dialWithCreds(
  place: Place,
  creds: string,
  name: string,
  patience?: number,
): Promise<{ readonly connection: NatsConnection; readonly ended: Promise<Error | undefined> }> {
  const parsed = parseCreds(creds);
  const pause = pausing();
  const connection = await dialAs(place, name, parsed.key.public, authenticator(parsed), pause);
  pause.reset();
  const claims = readJwt(parsed.jwt);
  const expires = claims.refused === undefined ? claims.exp : undefined;
  return { connection, ended: endWhenRefused(connection, { expires, lasts: patience }, pause.reset) };
}

/** Newcomers are not let in: nats-server does not have the lobby's account. */
export class LobbyShutError extends Error {
  override readonly name = "LobbyShutError";

  constructor(cause: unknown) {
    super("nats-server lets no newcomer in", { cause });
  }
}

/** Does something as a newcomer, through the lobby, with a key made for this one visit. Throws `LobbyShutError`. */
export async function visitLobby<T>(place: Place, visit: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const key = createKey("user");
  const jwt = newcomerUser(place.lobby, key.public, Math.floor(Date.now() / 1000));
  const connection = await dialAs(place, "newcomer", key.public, authenticator({ jwt, key }), pausing()).catch(
    (error: unknown) => {
      throw isRefusal(error) ? new LobbyShutError(error) : error;
    },
  );
  try {
    return await visit(connection);
  } finally {
    await connection.close();
  }
}

const dialAs = (
  place: Place,
  name: string,
  user: UserKey,
  prove: ReturnType<typeof authenticator>,
  pause: Pause,
): Promise<NatsConnection> =>
  place.dial({
    servers: [...place.servers],
    name,
    authenticator: prove,
    inboxPrefix: inboxPrefix(user),
    maxReconnectAttempts: -1,
    reconnectDelayHandler: pause.next,
    // The library would end for good at the second refusal of its life, whatever came between.
    ignoreAuthErrorAbort: true,
    // The addresses that a server advertises are its own view of the network, not this device's.
    ignoreClusterUpdates: true,
    // The library would take a stack trace for every request, a third of what asking costs.
    noAsyncTraces: true,
  });
