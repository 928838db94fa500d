/** nats-server's resolver: where account JWTs take effect. The service's account imports these two subjects of it. */
import type { AccountKey } from "@natster/contracts";
import { claimsLookup, claimsUpdate } from "@natster/contracts/borders";
import type { NatsConnection } from "@nats-io/nats-core";

/** nats-server would not take an account JWT; the message is its own. */
export class PushRefusedError extends Error {
  override readonly name = "PushRefusedError";
}

export interface Resolver {
  /** The account JWT that nats-server has; undefined where it knows none. */
  lookup(account: AccountKey): Promise<string | undefined>;
  /** Stores an account JWT and makes it take effect on live connections. Throws `PushRefusedError`. */
  push(jwt: string): Promise<void>;
}

interface UpdateAnswer {
  readonly data?: { readonly code: number };
  readonly error?: { readonly description: string };
}

export const openResolver = (connection: NatsConnection): Resolver => ({
  async lookup(account) {
    const answer = await connection.request(claimsLookup(account), "", { timeout: 5_000 });
    return answer.data.length > 0 ? answer.string() : undefined;
  },
  async push(jwt) {
    const answer = (await connection.request(claimsUpdate, jwt, { timeout: 5_000 })).json<UpdateAnswer>();
    if (answer.data?.code !== 200) throw new PushRefusedError(answer.error?.description ?? "no reason given");
  },
});
