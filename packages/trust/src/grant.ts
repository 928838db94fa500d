/** Grants: an owner lets one account read one catalog. A grant is an activation token of NATS. */
import { AccountKey, type CatalogName, type UnixTime } from "@natster/contracts";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";
import { encodeJwt, type JwtReason, readJwt } from "./jwt.ts";
import type { Key } from "./key.ts";
import { catalogSubject } from "@natster/contracts/borders";

/** What an owner grants. */
export interface GrantRequest {
  readonly recipient: AccountKey;
  readonly catalog: CatalogName;
  readonly issuedAt: UnixTime;
  readonly expires?: UnixTime | undefined;
}

/** What a grant was found to say. */
export interface Grant {
  readonly recipient: AccountKey;
  readonly issuedAt: UnixTime;
  readonly expires?: UnixTime;
}

export type GrantReason =
  | JwtReason
  | "too_long"
  | "not_a_grant"
  | "issuer_indirect"
  | "issuer_other"
  | "catalog_other"
  | "recipient_invalid"
  | "recipient_self"
  | "dated_in_future"
  | "expired";

/**
 * Signs a grant with the owner's account key: proves to nats-server, to the recipient and to the owner's own
 * file-servers that the recipient's account may read the catalog, until it expires or is revoked.
 */
export const signGrant = (owner: Key<"account">, { recipient, catalog, issuedAt, expires }: GrantRequest): string =>
  encodeJwt(
    {
      aud: "NATS",
      ...(expires !== undefined && { exp: expires }),
      iat: issuedAt,
      name: catalog,
      sub: recipient,
      nats: { subject: catalogSubject(catalog), kind: "service", type: "activation", version: 2 },
    },
    owner,
  );

/**
 * Verifies that the owner's own key granted exactly this catalog to some account, and that the grant holds now. It
 * demands what nats-server demands when the recipient's JWT is pushed with it, since one bad token there makes
 * nats-server refuse all of that JWT, and more: signing keys prove nothing, and a grant dated in the future would
 * outlive a revocation. NATS counts whole seconds; a grant may be dated in the current one and no later.
 */
export function readGrant(
  token: string,
  { owner, catalog, now }: { owner: AccountKey; catalog: CatalogName; now: UnixTime },
): Checked<Grant, GrantReason> {
  if (token.length > maxLength) return refused("too_long");
  const claims = readJwt(token);
  if (claims.refused !== undefined) return claims;
  const nats = GrantNats.safeParse(claims.nats);
  if (!nats.success) return refused("not_a_grant");
  if (nats.data.issuer_account !== undefined) return refused("issuer_indirect");
  if (claims.iss !== owner) return refused("issuer_other");
  if (nats.data.subject !== catalogSubject(catalog)) return refused("catalog_other");
  const recipient = AccountKey.safeParse(claims.sub);
  if (!recipient.success) return refused("recipient_invalid");
  if (recipient.data === owner) return refused("recipient_self");
  if (claims.iat > now || (claims.nbf ?? 0) > now) return refused("dated_in_future");
  if (claims.exp !== undefined && claims.exp <= now) return refused("expired");
  return {
    recipient: recipient.data,
    issuedAt: claims.iat,
    ...(claims.exp !== undefined && { expires: claims.exp }),
  };
}

/** Three times what we write ourselves: the recipient's JWT has to hold hundreds of them. */
const maxLength = 2048;

/** Strict, because nats-server reads names without regard to case: `Subject` beside `subject` would be another grant. */
const GrantNats = z.strictObject({
  subject: z.string(),
  kind: z.literal("service"),
  issuer_account: z.unknown().optional(),
  type: z.literal("activation"),
  version: z.literal(2),
});
