/** Sharing: the owner signs, the recipient accepts, and either waits until nats-server enforces it. */
import type { AccountKey, CatalogName, Sequence, UnixTime } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import type { Key } from "@natster/trust";
import { applied } from "./applied.ts";
import type { Person } from "./person.ts";
import { sayRevoked } from "./revoking.ts";
import { type Signer, signerWith } from "./signing.ts";

/** A catalog of somebody's. */
export interface CatalogOf {
  readonly owner: AccountKey;
  readonly catalog: CatalogName;
}

/**
 * Shares a catalog with an account: has a grant signed, by the account's key here or by whoever holds it, optionally until
 * a moment in seconds since 1970, and has it recorded.
 */
export async function share(
  person: Person,
  signer: Key<"account"> | Signer,
  { catalog, recipient, expires }: { catalog: CatalogName; recipient: AccountKey; expires?: number },
): Promise<Sequence> {
  const { after } = await inANewSecond("grant_outdated", async () => {
    const grant = await signerOf(signer).grant({ catalog, recipient, ...(expires !== undefined && { expires }) });
    return person.catalog.share({ catalog, grant });
  });
  return after;
}

/**
 * Lets everybody read a catalog: has a statement signed, by the account's key here or by whoever holds it, optionally
 * until a moment in seconds since 1970, and waits until nats-server lets others in without a grant.
 */
export async function publish(
  person: Person,
  signer: Key<"account"> | Signer,
  { catalog, until }: { catalog: CatalogName; until?: UnixTime },
): Promise<void> {
  const { after } = await inANewSecond("statement_outdated", async () => {
    const statement = await signerOf(signer).publication({ catalog, ...(until !== undefined && { until }) });
    return person.catalog.publish({ catalog, statement });
  });
  await applied(person.connection, person.account, after);
}

/** Takes that back, and waits until nats-server asks for a grant again. */
export async function unpublish(person: Person, catalog: CatalogName): Promise<void> {
  const { after } = await person.catalog.unpublish({ catalog });
  await applied(person.connection, person.account, after);
}

/** Accepts a catalog and waits until nats-server lets this account reach it. */
export async function accept(person: Person, { owner, catalog }: CatalogOf): Promise<void> {
  const { after } = await person.catalog.import({ owner, catalog });
  await applied(person.connection, person.account, after);
}

/**
 * Takes a catalog back and waits until nats-server refuses the recipient. With the owner's account key the file-servers
 * of this account are told first, signed: they refuse the recipient whatever the platform does then.
 */
export async function unshare(
  person: Person,
  catalog: CatalogName,
  recipient: AccountKey,
  owner?: Key<"account">,
): Promise<void> {
  if (owner) await sayRevoked(person, owner, { to: recipient, catalog });
  const { after } = await person.catalog.unshare({ catalog, recipient });
  await applied(person.connection, recipient, after);
}

/**
 * Does something that is dated, and once more where that second is void: something was taken back in it, and NATS counts
 * whole ones.
 */
async function inANewSecond<T>(outdated: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusal(error, outdated)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    return work();
  }
}

const signerOf = (signer: Key<"account"> | Signer): Signer => ("grant" in signer ? signer : signerWith(signer));
