/** Publications: an owner says that everybody may read a catalog. Without this statement nobody calls a catalog public. */
import { AccountKey, CatalogName, type UnixTime } from "@natster/contracts";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";
import { encodeJwt, type JwtReason, readJwt } from "./jwt.ts";
import type { Key } from "./key.ts";

/** A catalog that everybody may read, from a second on, and until another where it says so. */
export interface Publication {
  readonly catalog: CatalogName;
  readonly from: UnixTime;
  readonly until?: UnixTime | undefined;
}

export type PublicationReason =
  | JwtReason
  | "not_a_publication"
  | "issuer_other"
  | "catalog_other"
  | "dated_in_future"
  | "expired";

/**
 * Signs a publication with the owner's account key: proves to the owner's own file-servers, and to everybody, that the
 * owner lets every account read the catalog. It has the form of a JWT; nats-server has no use for it.
 */
export const signPublication = (owner: Key<"account">, { catalog, from, until }: Publication): string =>
  encodeJwt(
    {
      ...(until !== undefined && { exp: until }),
      iat: from,
      name: catalog,
      sub: owner.public,
      nats: { catalog, type: kind, version: 2 },
    },
    owner,
  );

/**
 * Verifies that the owner's own key says of exactly this catalog that everybody may read it, and that it says so now. A
 * statement from before `voidUntil`, the second in which the owner took it back, says nothing any more: whoever keeps
 * statements keeps that second too.
 */
export function readPublication(
  statement: string,
  {
    owner,
    catalog,
    now,
    voidUntil = -1,
  }: { owner: AccountKey; catalog: CatalogName; now: UnixTime; voidUntil?: UnixTime },
): Checked<Publication, PublicationReason> {
  const claims = readJwt(statement);
  if (claims.refused !== undefined) return claims;
  const nats = PublicationNats.safeParse(claims.nats);
  if (!nats.success) return refused("not_a_publication");
  if (claims.iss !== owner || claims.sub !== owner) return refused("issuer_other");
  if (nats.data.catalog !== catalog) return refused("catalog_other");
  if (claims.iat > now) return refused("dated_in_future");
  if (claims.iat <= voidUntil || (claims.exp !== undefined && claims.exp <= now)) return refused("expired");
  return { catalog, from: claims.iat, ...(claims.exp !== undefined && { until: claims.exp }) };
}

const kind = "natster/publication";
const PublicationNats = z.strictObject({ catalog: CatalogName, type: z.literal(kind), version: z.literal(2) });
