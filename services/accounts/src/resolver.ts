/** nats-server's resolver: where account JWTs take effect. Reached as a user of the system account that may do no more. */
import type { AccountKey } from "@natster/contracts";
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

export const openResolver = (system: NatsConnection): Resolver => ({
  async lookup(account) {
    const answer = await system.request(`$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`, "", { timeout: 5_000 });
    return answer.data.length > 0 ? answer.string() : undefined;
  },
  async push(jwt) {
    const answer = (await system.request("$SYS.REQ.CLAIMS.UPDATE", jwt, { timeout: 5_000 })).json<UpdateAnswer>();
    if (answer.data?.code !== 200) throw new PushRefusedError(answer.error?.description ?? "no reason given");
  },
});
