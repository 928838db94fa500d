/** Sharing: the owner signs, the recipient accepts, and either waits until nats-server enforces it. */
import type { AccountKey, CatalogName, Sequence } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import { type Key, signGrant } from "@natster/trust";
import { applied } from "./applied.ts";
import type { Person } from "./person.ts";

/** A catalog of somebody's. */
export interface CatalogOf {
  readonly owner: AccountKey;
  readonly catalog: CatalogName;
}

/**
 * Shares a catalog with an account: signs a grant with the owner's account key, optionally until a moment in seconds
 * since 1970, and has it recorded.
 */
export async function share(
  person: Person,
  owner: Key<"account">,
  { catalog, recipient, expires }: { catalog: CatalogName; recipient: AccountKey; expires?: number },
): Promise<Sequence> {
  const offer = () => {
    const issuedAt = Math.floor(Date.now() / 1000);
    const grant = signGrant(owner, { catalog, recipient, issuedAt, ...(expires !== undefined && { expires }) });
    return person.catalog.share({ catalog, grant });
  };
  try {
    return (await offer()).after;
  } catch (error) {
    if (!isRefusal(error, "grant_outdated")) throw error;
    // It was taken back in this very second, and NATS counts whole ones: a grant of the next is a new one.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    return (await offer()).after;
  }
}

/** Accepts a catalog and waits until nats-server lets this account reach it. */
export async function accept(person: Person, { owner, catalog }: CatalogOf): Promise<void> {
  const { after } = await person.catalog.import({ owner, catalog });
  await applied(person.connection, person.account, after);
}

/** Takes a catalog back and waits until nats-server refuses the recipient. */
export async function unshare(person: Person, catalog: CatalogName, recipient: AccountKey): Promise<void> {
  const { after } = await person.catalog.unshare({ catalog, recipient });
  await applied(person.connection, recipient, after);
}
