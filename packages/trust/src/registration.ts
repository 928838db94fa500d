/** Registrations: an account asks to be admitted, and proves that it holds its key. */
import { AccountKey, type CodeId, type UnixTime } from "@natster/contracts";
import { RegistrationClaims } from "@natster/contracts/accounts";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";
import { encodeJwt, type JwtReason, readJwt } from "./jwt.ts";
import type { Key } from "./key.ts";

/** What a registration was found to say. */
export interface Registration extends RegistrationClaims {
  readonly account: AccountKey;
}

export type RegistrationReason =
  | JwtReason
  | "not_a_registration"
  | "issuer_other"
  | "code_other"
  | "too_old"
  | "dated_in_future";

/**
 * Signs registration claims with the account's own key: proves to the platform that whoever registers the account holds
 * its key and wants this handle, by this code. nats-server has no use for it.
 */
export const signRegistration = (account: Key<"account">, claims: RegistrationClaims, issuedAt: UnixTime): string =>
  encodeJwt(
    {
      iat: issuedAt,
      name: claims.handle ?? "",
      sub: account.public,
      nats: { ...RegistrationClaims.parse(claims), type: kind, version: 2 },
    },
    account,
  );

/** How a registration is read. */
export interface RegistrationCheck {
  /** The time, or `recorded` for claims that stand in the event log: those were fresh when they were appended. */
  readonly now: UnixTime | "recorded";
  /** Seconds by which its date may differ from `now`, either way, for clocks differ; five minutes if nothing is said. */
  readonly maxAge?: number | undefined;
  /** The code that it has to come with, where it comes with a code. */
  readonly code?: CodeId | undefined;
}

/** Verifies that the holder of an account key asks for the account to be admitted, just now unless it is recorded. */
export function readRegistration(
  jwt: string,
  { now, maxAge = 5 * 60, code }: RegistrationCheck,
): Checked<Registration, RegistrationReason> {
  const claims = readJwt(jwt);
  if (claims.refused !== undefined) return claims;
  const nats = RegistrationNats.safeParse(claims.nats);
  const account = AccountKey.safeParse(claims.sub);
  if (!nats.success || !account.success) return refused("not_a_registration");
  if (claims.iss !== account.data) return refused("issuer_other");
  const { type: _type, version: _version, ...wanted } = nats.data;
  if (code !== undefined && wanted.code !== code) return refused("code_other");
  if (now !== "recorded" && claims.iat < now - maxAge) return refused("too_old");
  if (now !== "recorded" && claims.iat > now + maxAge) return refused("dated_in_future");
  return { account: account.data, ...wanted };
}

const kind = "natster/registration";
const RegistrationNats = RegistrationClaims.extend({ type: z.literal(kind), version: z.literal(2) });
