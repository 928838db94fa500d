/** The account JWT of a person: what nats-server enforces, rendered as a pure function of the account's state. */
import type { AccountKey, CatalogName, UnixTime, UserKey } from "@natster/contracts";
import type { Account, Export, Import } from "@nats-io/jwt";
import { type Claims, encodeJwt } from "./jwt.ts";
import type { Key } from "./key.ts";
import { noLimits, type OtherLimits, personLimits, withDefaults } from "./limits.ts";
import {
  catalogSubject,
  discovery,
  feedHeard,
  feedSaid,
  platformAsked,
  platformServed,
  sharedSubject,
} from "@natster/contracts/borders";

/** Until when, inclusive, what was issued to a key is void; `*` stands for every key. */
export type Revocations<K extends string> = Readonly<Partial<Record<K | "*", UnixTime>>>;

/** All that an account JWT is rendered from. */
export interface AccountState {
  readonly account: AccountKey;
  /** For people who look at the server; the key, where there is none. */
  readonly name?: string | undefined;
  readonly status: "open" | "suspended" | "closed";
  readonly administrator: boolean;
  readonly limits?: OtherLimits | undefined;
  /** The catalogs it offers. One of a name that was retired before stays revoked for `*`. */
  readonly exports: readonly {
    readonly catalog: CatalogName;
    /** Whether every account may import it without a grant. */
    readonly public?: boolean | undefined;
    readonly revocations: Revocations<AccountKey>;
  }[];
  /** The catalogs of others that it has accepted, each with the grant that admits it; none where it is public. */
  readonly imports: readonly {
    readonly owner: AccountKey;
    readonly catalog: CatalogName;
    readonly grant?: string | undefined;
  }[];
  readonly userRevocations: Revocations<UserKey>;
}

/** What an account JWT says, as far as Natster writes it. */
export type AccountNats = Pick<Account, "imports" | "exports" | "limits" | "signing_keys" | "revocations"> & {
  /** Subjects under which what comes in is heard instead. */
  readonly mappings?: Readonly<Record<string, readonly { readonly subject: string; readonly weight: number }[]>>;
};

/** What stands around an account when its JWT is rendered. */
export interface RenderContext {
  readonly platform: AccountKey;
  readonly issuedAt: UnixTime;
}

/** Renders what nats-server is told about an account. The same state makes the same claims, in the same order. */
export function renderAccount(state: AccountState, { platform, issuedAt }: RenderContext): Claims<AccountNats> {
  const open = state.status === "open";
  return accountClaims(state.account, state.name, issuedAt, {
    imports: open ? [...platformImports(state, platform), ...state.imports.map(importOf)] : [],
    exports: open ? state.exports.map(exportOf) : [],
    limits: open ? personLimits(withDefaults(state.limits)) : noLimits,
    // The operator's strict use of signing keys goes for users as well: the account's own key has to be named.
    signing_keys: [state.account],
    revocations: sorted(state.userRevocations),
  });
}

/**
 * Signs an account JWT for the operator: tells nats-server what the account may do. It proves nothing to people, since
 * the operator could write anything into it.
 */
export const accountJwt = (
  state: AccountState,
  { signer, ...context }: RenderContext & { readonly signer: Key<"operator"> },
): string => encodeJwt(renderAccount(state, context), signer);

/** Claims about an account, with imports and exports in one order, whatever order they came in. */
export const accountClaims = (
  account: AccountKey,
  name: string | undefined,
  issuedAt: UnixTime,
  { imports = [], exports = [], ...rest }: AccountNats,
): Claims<AccountNats> => ({
  iat: issuedAt,
  name: name ?? account,
  sub: account,
  nats: {
    imports: imports.toSorted(by((entry) => `${entry.subject} ${entry.account}`)),
    exports: exports.toSorted(by((entry) => entry.subject)),
    ...rest,
    type: "account",
    version: 2,
  },
});

/** What every person imports. With `share`, nats-server tells the platform which device asks. */
export function platformImports(
  { account, administrator }: { readonly account: AccountKey; readonly administrator: boolean },
  platform: AccountKey,
): Import[] {
  return [
    {
      name: "platform",
      subject: platformServed(account),
      local_subject: platformAsked,
      account: platform,
      type: "service",
      share: true,
    },
    { name: "feed", subject: feedSaid(account), local_subject: feedHeard, account: platform, type: "stream" },
    ...(administrator ? [{ name: "services", subject: discovery, account: platform, type: "service" } as const] : []),
  ];
}

const importOf = ({ owner, catalog, grant }: AccountState["imports"][number]): Import => ({
  name: catalog,
  subject: catalogSubject(catalog),
  local_subject: sharedSubject(owner, catalog),
  account: owner,
  type: "service",
  ...(grant !== undefined && { token: grant }),
});

const exportOf = ({ catalog, public: open = false, revocations }: AccountState["exports"][number]): Export => ({
  name: catalog,
  subject: catalogSubject(catalog),
  type: "service",
  token_req: !open,
  response_type: "Singleton",
  revocations: sorted(revocations),
});

const sorted = (revocations: Readonly<Record<string, UnixTime | undefined>>): Record<string, UnixTime> =>
  Object.fromEntries(
    Object.entries(revocations)
      .filter((entry): entry is [string, UnixTime] => entry[1] !== undefined)
      .toSorted(by(([key]) => key)),
  );

/** Compares by code units: the order depends on no locale. */
const by =
  <T>(key: (value: T) => string) =>
  (a: T, b: T): number => {
    const [left, right] = [key(a), key(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
