/** Reading: what a person's device opens a catalog with, one's own or one that was shared. */
import { type CatalogReader, openCatalog, type OpenCatalogOptions } from "@natster/files";
import type { Person } from "./person.ts";
import type { CatalogOf } from "./sharing.ts";

/**
 * Opens a catalog as this device: with nothing more where the account owns it, and otherwise with the grant that the
 * platform keeps for it. The owner is the one that is expected: whoever answers has to prove it. Throws what
 * `openCatalog` throws, and `Refusal` (`catalog_unknown`) where it was never shared, or is no longer.
 */
export async function readCatalog(
  person: Person,
  { owner, catalog }: CatalogOf,
  options: Omit<OpenCatalogOptions, keyof CatalogOf | "device" | "grant"> = {},
): Promise<CatalogReader> {
  const { connection, device } = person;
  const grant = owner === person.account ? undefined : (await person.library.catalog({ owner, catalog })).share?.grant;
  return openCatalog(connection, { ...options, owner, catalog, device, grant });
}
