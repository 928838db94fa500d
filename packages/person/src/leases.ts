/**
 * Leases: a catalog that is shared for a while at a time, and renewed while a process that holds the account's key is
 * there. Where none is for so long, the share ends by itself.
 */
import { AccountKey, CatalogName, UnixTime } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import { type Key, signGrant } from "@natster/trust";
import * as z from "zod";
import { isDue } from "./devices.ts";
import type { Person } from "./person.ts";

/** What the owner keeps of one, and all that a renewal acts on: nothing is renewed because the platform says so. */
export const Lease = z.strictObject({
  catalog: CatalogName,
  recipient: AccountKey,
  /** For how many seconds each grant holds. */
  lasts: z.int().positive(),
  /** The grant that stands. */
  issuedAt: UnixTime,
  expires: UnixTime,
});
export type Lease = z.infer<typeof Lease>;
type Leased = Pick<Lease, "catalog" | "recipient">;

/** Where leases are kept: one for each catalog and recipient. */
export interface LeaseStore {
  /** Keeps one, in the place of the one before. */
  save(lease: Lease): Promise<void>;
  /** Those that can be read; what cannot is told of, and stays. */
  all(unreadable?: (error: Error) => void): Promise<Lease[]>;
  remove(lease: Leased): Promise<void>;
}

/** Renews a lease that is in the last third of its time; undefined where it is not, and where it has ended: it is forgotten. */
async function renewLease(
  person: Person,
  account: Key<"account">,
  store: LeaseStore,
  lease: Lease,
): Promise<Lease | undefined> {
  const now = Math.floor(Date.now() / 1_000);
  if (!isDue(lease, now)) return undefined;
  const next = { ...lease, issuedAt: now, expires: now + lease.lasts };
  try {
    await person.catalog.share({ catalog: lease.catalog, grant: signGrant(account, next), renews: true });
  } catch (error) {
    if (!ended.some((reason) => isRefusal(error, reason))) throw error;
    await store.remove(lease);
    return undefined;
  }
  await store.save(next);
  return next;
}

/** It was taken back, given up, or has run out: what has ended is not begun again by keeping it. */
const ended = ["share_unknown", "catalog_unknown", "recipient_unknown", "grant_outdated"];

export interface LeaseKeeperOptions {
  readonly account: Key<"account">;
  readonly store: LeaseStore;
  /** Milliseconds between two looks; a minute where nothing is said. */
  readonly every?: number;
  /** Told of what was renewed, and of what could not be and is tried again. */
  readonly tell?: (renewed: readonly Lease[] | Error) => void;
}

/** Renews leases, each by itself, until it is disposed of: looks at once, and then each minute. */
export function keepLeases(
  person: Person,
  { account, store, every = 60_000, tell }: LeaseKeeperOptions,
): AsyncDisposable {
  let disposed = false;
  const failed = (error: unknown) => tell?.(error instanceof Error ? error : new Error(String(error)));
  const renewAll = async () => {
    const renewed: Lease[] = [];
    for (const lease of await store.all(failed)) {
      if (disposed) break;
      const next = await renewLease(person, account, store, lease).catch(failed);
      if (next) renewed.push(next);
    }
    if (renewed.length > 0) tell?.(renewed);
  };
  let looking: Promise<void> | undefined;
  const look = () => {
    looking ??= renewAll()
      .catch(failed)
      .finally(() => (looking = undefined));
  };
  const timer = setInterval(look, every);
  look();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      disposed = true;
      await looking;
    },
  };
}
