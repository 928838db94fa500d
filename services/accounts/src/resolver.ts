/** nats-server's resolver: where account JWTs take effect. The service's account imports these two subjects of it. */
import type { AccountKey } from "@natster/contracts";
import { claimsLookup, claimsUpdate } from "@natster/contracts/borders";
import type { NatsConnection } from "@nats-io/nats-core";

/** nats-server would not take an account JWT, or has not kept it; the message is its own, where it was asked and gave one. */
export class PushRefusedError extends Error {
  override readonly name = "PushRefusedError";

  /** Whether it says so of the JWT itself, and will again. All else may pass: it may be out of disk. */
  get isOfJwt(): boolean {
    return this.message.startsWith("jwt validation failed");
  }
}

export interface Resolver {
  /** The account JWT that nats-server has; undefined where it knows none. */
  lookup(account: AccountKey): Promise<string | undefined>;
  /**
   * Stores an account JWT and makes it take effect on live connections. Throws `PushRefusedError`. Where nats-server
   * remembers the very same text it does nothing, and says that it did, also where the file is gone.
   */
  push(jwt: string): Promise<void>;
}

interface UpdateAnswer {
  readonly data?: { readonly code: number };
  readonly error?: { readonly description: string };
}

export const openResolver = (connection: Pick<NatsConnection, "info" | "request">): Resolver => ({
  async lookup(account) {
    const answer = await connection.request(claimsLookup(account), "", { timeout: 5_000 });
    return answer.data.length > 0 ? answer.string() : undefined;
  },
  async push(jwt) {
    const most = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    // A JWT is ASCII: as many bytes as characters.
    if (jwt.length > most) throw new PushRefusedError(`the JWT has ${jwt.length} bytes, and max_payload is ${most}`);
    const answer = (await connection.request(claimsUpdate, jwt, { timeout: 5_000 })).json<UpdateAnswer>();
    if (answer.data?.code !== 200) throw new PushRefusedError(answer.error?.description ?? "no reason given");
  },
});
