/** What is meant by `photos`, `photos/2026/a.jpg`, `@alice/photos` or `A…KEY/photos/2026`. */
import { CatalogName } from "@natster/contracts";
import * as z from "zod";
import { PersonTyped } from "./people.ts";

/** A catalog, or something in it. */
export interface Reference {
  /** Whose it is; one's own where nothing is said. */
  readonly owner: PersonTyped | undefined;
  readonly catalog: CatalogName;
  /** A file or a folder in it; empty for the catalog itself. */
  readonly path: string;
}

const isOwner = (text: string): boolean => text.startsWith("@") || /^A[A-Z2-7]{55}$/.test(text);

/** Reads a reference as somebody typed it. */
export const ReferenceTyped = z.string().transform((text, context): Reference => {
  const parts = text.replace(/\/+$/, "").split("/");
  const [first = ""] = parts;
  const owner = isOwner(first) ? PersonTyped.safeParse(first) : undefined;
  const [name = "", ...below] = owner ? parts.slice(1) : parts;
  const catalog = CatalogName.safeParse(name);
  if (owner && !owner.success) {
    context.addIssue("expected @handle/catalog or KEY/catalog");
    return z.NEVER;
  }
  if (!catalog.success) {
    const meant = CatalogName.safeParse(name.toLowerCase());
    const hint = meant.success ? `; did you mean ${meant.data}?` : "";
    context.addIssue(
      `no catalog is called so; names are of a to z, 0 to 9 and dashes, as in photos or @alice/photos/2026${hint}`,
    );
    return z.NEVER;
  }
  return { owner: owner?.data, catalog: catalog.data, path: below.join("/") };
});

/** A catalog of somebody else's. */
export const ForeignCatalog = ReferenceTyped.transform((reference, context) => {
  const { owner, catalog, path } = reference;
  if (owner === undefined || path !== "") {
    context.addIssue("expected a catalog of somebody's, such as @alice/photos");
    return z.NEVER;
  }
  return { owner, catalog };
});

/** How a reference is written. */
export const written = (owner: string | undefined, catalog: string, path = ""): string =>
  [owner, catalog, path].filter(Boolean).join("/");
