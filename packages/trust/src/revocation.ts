/** Revocations: an owner takes back what it gave to an account, for one catalog, or to one of its own devices. */
import { AccountKey, CatalogName, type UnixTime, UserKey } from "@natster/contracts";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";
import { encodeJwt, type JwtReason, readJwt } from "./jwt.ts";
import type { Key } from "./key.ts";

/** What is void: everything that was given up to a second, and in it. NATS counts whole ones. */
export type Revocation =
  | { readonly to: AccountKey; readonly catalog: CatalogName; readonly until: UnixTime }
  | { readonly to: UserKey; readonly catalog?: undefined; readonly until: UnixTime };

export type RevocationReason = JwtReason | "not_a_revocation" | "issuer_other";

/**
 * Signs a revocation with the owner's account key: proves to the owner's own file-servers that it was the owner who took
 * it back. It has the form of a JWT; nats-server has no use for it.
 */
export const signRevocation = (owner: Key<"account">, { to, catalog, until }: Revocation): string =>
  encodeJwt(
    {
      iat: until,
      name: catalog ?? "device",
      sub: to,
      nats: { ...(catalog !== undefined && { catalog }), type: kind, version: 2 },
    },
    owner,
  );

/**
 * Verifies that the owner's own key says so. It may be of any age: one that is said again takes nothing more back than
 * it did at first.
 */
export function readRevocation(
  token: string,
  { owner }: { readonly owner: AccountKey },
): Checked<Revocation, RevocationReason> {
  const claims = readJwt(token);
  if (claims.refused !== undefined) return claims;
  const nats = RevocationNats.safeParse(claims.nats);
  if (!nats.success) return refused("not_a_revocation");
  if (claims.iss !== owner) return refused("issuer_other");
  const { catalog } = nats.data;
  const [account, user] = [AccountKey.safeParse(claims.sub), UserKey.safeParse(claims.sub)];
  if (account.success && catalog !== undefined) return { to: account.data, catalog, until: claims.iat };
  if (user.success && catalog === undefined) return { to: user.data, until: claims.iat };
  return refused("not_a_revocation");
}

const kind = "natster/revocation";
const RevocationNats = z.strictObject({
  catalog: CatalogName.optional(),
  type: z.literal(kind),
  version: z.literal(2),
});
