/** Telling one's own file-servers what was taken back, with nobody in between but nats-server. */
import type { AccountKey, CatalogName, UserKey } from "@natster/contracts";
import { revocationsSaid } from "@natster/contracts/borders";
import { type Key, signRevocation } from "@natster/trust";
import type { Person } from "./person.ts";

/** What is taken back from now on: a catalog from an account, or everything from a device of one's own. */
export type TakenBack =
  | { readonly to: AccountKey; readonly catalog: CatalogName }
  | { readonly to: UserKey; readonly catalog?: undefined };

/** Signs it and tells whoever of this account serves now; resolves when nats-server has it. */
export async function sayRevoked(
  { connection }: Pick<Person, "connection">,
  owner: Key<"account">,
  taken: TakenBack,
): Promise<void> {
  connection.publish(revocationsSaid, signRevocation(owner, { ...taken, until: Math.floor(Date.now() / 1000) }));
  await connection.flush();
}
