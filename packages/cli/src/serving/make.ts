/** A folder of this machine becomes a catalog. */
import type { CatalogName } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import { Failure } from "../failure.ts";
import type { Connected } from "../system/connect.ts";
import { addServed, catalogNameOf, nameOfServed } from "./here.ts";
import { checkNotOwn } from "./own.ts";

/** What is said of it. */
export interface NewCatalog {
  /** The name that it had here before, or the folder's own, unless given. */
  readonly name?: CatalogName | undefined;
  readonly description?: string | undefined;
  /** Whether names that begin with a dot are in it; as it was before, and at first not, unless given. */
  readonly dotfiles?: boolean | undefined;
}

/**
 * Makes a folder a catalog, where it is none yet, and puts it on the list of what this machine serves. Throws `Failure`
 * where its name is taken by another folder, or by a catalog that is not of this machine, and where it is not for sharing.
 */
export async function makeCatalog(
  person: Connected,
  root: string,
  { name, description, dotfiles }: NewCatalog,
): Promise<CatalogName> {
  const { context } = person;
  await checkNotOwn(root);
  const catalog = name ?? (await nameOfServed(context, root)) ?? catalogNameOf(root);
  const other = (await context.served())[catalog];
  if (other && other.root !== root) {
    throw new Failure(`${catalog} is ${other.root} already`, { next: `the same with --name ${catalog}-2` });
  }
  try {
    await person.catalog.create({ catalog, ...(description !== undefined && { description }) });
  } catch (error) {
    if (!isRefusal(error, "catalog_exists")) throw error;
    if (!other) {
      throw new Failure(`you have a catalog ${catalog} already, which is not of this machine`, {
        next: `the same with --name ANOTHER, or to serve it from here too: natster serve ${catalog}=${root}`,
      });
    }
    if (description !== undefined) await person.catalog.describe({ catalog, description });
  }
  await addServed(context, catalog, root, dotfiles ?? other?.dotfiles ?? false);
  return catalog;
}
