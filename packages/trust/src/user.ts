/** User JWTs: which devices an account has, what each may do, and until when. */
import { type AccountKey, Role, UnixTime, UserKey } from "@natster/contracts";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";
import { encodeJwt, type JwtReason, readJwt } from "./jwt.ts";
import type { Key } from "./key.ts";
import type { Permissions } from "./permissions.ts";
import { type RoleOptions, rolePermissions } from "./role.ts";

/** What a user JWT is to say; a device has a role, and one of the platform's own users has permissions. */
export type UserRequest = {
  readonly user: UserKey;
  readonly name: string;
  readonly issuedAt: UnixTime;
  readonly expires?: UnixTime | undefined;
  readonly tags?: readonly string[] | undefined;
} & (({ readonly role: Role } & RoleOptions) | { readonly permissions: Permissions });

/** A device, as its account's key describes it. */
export interface Device {
  readonly account: AccountKey;
  readonly user: UserKey;
  /** What the account calls it. */
  readonly name: string;
  readonly role: Role;
  /** Whether the account lets it sign grants: with its key where it serves, by asking for it elsewhere. */
  readonly maySign: boolean;
  readonly issuedAt: UnixTime;
  readonly expires?: UnixTime;
}

export type UserReason =
  | JwtReason
  | "not_a_user"
  | "issuer_other"
  | "issuer_indirect"
  | "subject_invalid"
  | "not_yet_valid"
  | "expired"
  | "role_missing";

/**
 * Signs a user JWT with the account's own key: proves to nats-server, and to everybody who knows the account, that the
 * holder of the user key is a device of the account with this role.
 */
export function userJwt(account: Key<"account">, request: UserRequest): string {
  const { user, name, issuedAt, expires, tags = [] } = request;
  const ofRole = "role" in request;
  const { pub, sub, resp } = ofRole ? rolePermissions(request.role, user, request) : request.permissions;
  const said = ofRole ? [`${rolePrefix}${request.role}`, ...(request.maySign ? [signTag] : [])] : [];
  return encodeJwt(
    {
      ...(expires !== undefined && { exp: expires }),
      iat: issuedAt,
      name,
      sub: user,
      nats: {
        pub: allowing(pub.allow),
        sub: allowing(sub.allow),
        ...(resp && { resp }),
        // What is missing counts as zero: no subscription, no byte.
        subs: -1,
        data: -1,
        payload: -1,
        tags: [...said, ...tags],
        type: "user",
        version: 2,
      },
    },
    account,
  );
}

/**
 * Verifies at a given time that an account's own key made this user a device of the account, and says which. It proves
 * so to anybody who knows the account from elsewhere. Signing keys are refused: the operator can name some in the
 * account's JWT, so they prove nothing about the account.
 */
export function readUser(
  jwt: string,
  { account, now }: { account: AccountKey; now: UnixTime },
): Checked<Device, UserReason> {
  const claims = readJwt(jwt);
  if (claims.refused !== undefined) return claims;
  const nats = UserNats.safeParse(claims.nats);
  if (!nats.success) return refused("not_a_user");
  // nats-server reads names without regard to case.
  if (Object.keys(claims.nats).some((name) => name.toLowerCase() === "issuer_account"))
    return refused("issuer_indirect");
  if (claims.iss !== account) return refused("issuer_other");
  const user = UserKey.safeParse(claims.sub);
  if (!user.success) return refused("subject_invalid");
  if (claims.nbf !== undefined && claims.nbf > now) return refused("not_yet_valid");
  if (claims.exp !== undefined && claims.exp <= now) return refused("expired");
  const roles = nats.data.tags.filter((tag) => tag.startsWith(rolePrefix)).map((tag) => tag.slice(rolePrefix.length));
  const role = Role.safeParse(roles.length === 1 ? roles[0] : undefined);
  if (!role.success) return refused("role_missing");
  return {
    account,
    user: user.data,
    name: claims.name,
    role: role.data,
    maySign: nats.data.tags.includes(signTag),
    issuedAt: claims.iat,
    ...(claims.exp !== undefined && { expires: claims.exp }),
  };
}

/** An empty list counts as no list to nats-server, and no list allows everything. */
const allowing = (allow: readonly string[]) => (allow.length > 0 ? { allow } : { deny: [">"] });

const rolePrefix = "role:";
const signTag = "may:sign";
const UserNats = z.looseObject({ type: z.literal("user"), tags: z.array(z.string()).default([]) });
