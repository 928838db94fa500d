/** Signing anew: the same account JWT by another of the operator's keys. */
import { type Checked, refused } from "./checked.ts";
import { encodeJwt, type JwtReason, readJwt } from "./jwt.ts";
import type { Key } from "./key.ts";

/**
 * Signs what an account JWT says with another key of the operator, a second later than before, so that it takes the
 * other's place. It proves nothing new: give it only what one of the operator's own keys has signed, which is checked.
 */
export function resignAccount(
  jwt: string,
  { by, instead }: { readonly by: Key<"operator">; readonly instead: string },
): Checked<{ readonly jwt: string }, JwtReason | "not_an_account" | "issuer_other"> {
  const claims = readJwt(jwt);
  if (claims.refused !== undefined) return claims;
  if (claims.nats.type !== "account") return refused("not_an_account");
  if (claims.iss === by.public) return { jwt };
  if (claims.iss !== instead) return refused("issuer_other");
  const { iss: _iss, jti: _jti, ...said } = claims;
  return { jwt: encodeJwt({ ...said, iat: said.iat + 1 }, by) };
}
