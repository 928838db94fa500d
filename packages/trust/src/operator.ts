/** The operator: whom nats-server believes about accounts. */
import type { AccountKey, UnixTime } from "@natster/contracts";
import type { Operator } from "@nats-io/jwt";
import { encodeJwt } from "./jwt.ts";
import type { Key } from "./key.ts";

/** What the operator JWT says. */
export interface OperatorState {
  readonly name: string;
  /** The keys that sign account JWTs: the one in use and the one in reserve. */
  readonly signingKeys: readonly string[];
  readonly systemAccount: AccountKey;
}

/**
 * Signs the operator JWT: tells every nats-server that is configured with it whose account JWTs to believe. With strict
 * use of signing keys the operator key itself signs nothing else, so it can stay offline.
 */
export function operatorJwt(state: OperatorState, operator: Key<"operator">, issuedAt: UnixTime): string {
  const nats: Operator & { strict_signing_key_usage: boolean; version: 2; type: string } = {
    signing_keys: [...state.signingKeys],
    system_account: state.systemAccount,
    strict_signing_key_usage: true,
    type: "operator",
    version: 2,
  };
  return encodeJwt({ iat: issuedAt, name: state.name, sub: operator.public, nats }, operator);
}
