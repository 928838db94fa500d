/** The subjects that cross the borders between accounts: what is exported, what is imported, and under which names. */
import { feedSubject } from "./platform.ts";
import type { AccountKey, CatalogName, UserKey } from "./vocabulary.ts";

/** Everything that people ask of the platform, as they say it. */
export const platformAsked = "natster.>";

/** The same as the platform hears it: nats-server writes the caller's account where the platform's export has `*`. */
export const platformServed = (caller: AccountKey | "*"): string => `${caller}.${platformAsked}`;

/** Everything that the platform tells people, as they hear it. */
export const feedHeard = "feed.>";

/** The same as the platform says it, to one account or, in its export, to each. */
export const feedSaid = (account: AccountKey | "*"): string => feedSubject(account, ">");

/**
 * What an account took back, told to its own serving processes by whoever holds its key. Nobody imports it, and each
 * message is signed.
 */
export const revocationsSaid = "grants.revoked";

/** What answers plain `nats micro ls`. */
export const discovery = "$SRV.>";

/**
 * How services say JetStream's API. `$JS.API` means its own account's to nats-server in every account, so the account of
 * the streams gives it this name as well.
 */
export const streamsApi = "streams";

/** How nats-server is told of an account, and asked what it was told: as the system account hears it. */
export const claimsUpdate = "$SYS.REQ.CLAIMS.UPDATE";
export const claimsLookup = (account: AccountKey | "*"): string => `$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`;

/** What each nats-server says of itself, among it whom it believes about accounts: every one of them answers. */
export const serversAsked = "$SYS.REQ.SERVER.PING.VARZ";

/** One catalog in its owner's account: what is exported, and what a grant is for. */
export const catalogSubject = (catalog: CatalogName): string => `files.${catalog}.>`;

/** The same catalog in the account of a recipient. */
export const sharedSubject = (owner: AccountKey, catalog: CatalogName): string => `shared.${owner}.${catalog}.>`;

/** Where the replies to one client arrive: the `inboxPrefix` that it connects with. */
export const inboxPrefix = (user: UserKey | "{{subject()}}"): string => `_INBOX.${user}`;

/** What a client subscribes to in order to hear its replies, and nobody else's. */
export const inbox = (user: UserKey | "{{subject()}}"): string => `${inboxPrefix(user)}.>`;

/** What a recipient asks for what its owner hears as `files.<catalog>.…`: the import's name for it. */
export const asShared =
  (owner: AccountKey) =>
  (said: string): string =>
    said.replace(/^files\./, `shared.${owner}.`);
