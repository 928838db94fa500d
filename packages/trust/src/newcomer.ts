/** Newcomers: people who have no account yet, and knock through the lobby. */
import type { AccountKey, UnixTime, UserKey } from "@natster/contracts";
import { encodeJwt } from "./jwt.ts";
import { keyFromSeed } from "./key.ts";

/** The lobby as it is published: its account, and the seed of its scoped key. */
export interface Lobby {
  readonly account: AccountKey;
  readonly seed: string;
}

/**
 * Signs a user of the lobby for the newcomer's own key. It proves nothing but that the newcomer has read the published
 * seed; the key behind it lets nats-server tell the replies of one newcomer from those of another. It carries no
 * permissions: nats-server takes the template's, and refuses a JWT that brings its own.
 */
export const newcomerUser = (lobby: Lobby, user: UserKey, issuedAt: UnixTime): string =>
  encodeJwt(
    {
      iat: issuedAt,
      name: "newcomer",
      sub: user,
      nats: { issuer_account: lobby.account, type: "user", version: 2 },
    },
    keyFromSeed(lobby.seed, "account"),
  );
