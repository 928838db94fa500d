/** What runs out of what this service decides about: grants, and publications. */
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { dueGrants, duePublications } from "@natster/contracts/platform";
import type { RunningOut } from "@natster/micro/run-out";
import { catalog, type CatalogState, expirePublication } from "./catalog.ts";
import { expire, shared, type Shared } from "./shared.ts";

/** A share, by the grant on which it stands. */
export const grantsRunOut: RunningOut<typeof shareEvents, Shared> = {
  timers: dueGrants,
  aggregate: shared,
  begins: ({ type, data }) => type === "shared" && data.expires !== undefined,
  at: ({ standing, expires }) => (standing === "none" ? undefined : expires),
  end: expire,
  owner: ({ owner }) => owner,
};

/** A catalog that everybody may read, by its owner's statement. */
export const publicationsRunOut: RunningOut<typeof catalogEvents, CatalogState> = {
  timers: duePublications,
  aggregate: catalog,
  begins: ({ type, data }) => type === "published" && data.until !== undefined,
  at: ({ statement, publicUntil }) => (statement === undefined ? undefined : publicUntil),
  end: expirePublication,
  owner: ({ owner }) => owner,
};
