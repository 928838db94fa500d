/** A catalog: whether it exists, and what it says of itself. */
import type { EventOf } from "@natster/contracts";
import { catalog as contract, catalogEvents } from "@natster/contracts/catalog";
import { refuse } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";

export interface CatalogState {
  readonly exists: boolean;
  readonly description: string | undefined;
}

type CatalogEvent = EventOf<typeof catalogEvents>;

const initial: CatalogState = { exists: false, description: undefined };

export const catalog = defineAggregate({
  events: catalogEvents,
  initial,
  evolve: (_, { data }) => ({ exists: true, description: data.description }),
});

/** Makes a catalog, once. */
export const createCatalog =
  (description: string | undefined) =>
  (state: CatalogState): CatalogEvent[] => {
    if (state.exists) throw refuse(contract.endpoints.create, "catalog_exists");
    return [{ type: "created", data: { ...(description !== undefined && { description }) } }];
  };

/** Gives a catalog another description. */
export const describeCatalog =
  (description: string) =>
  (state: CatalogState): CatalogEvent[] => {
    if (!state.exists) throw refuse(contract.endpoints.describe, "catalog_unknown");
    return state.description === description ? [] : [{ type: "described", data: { description } }];
  };

/** Records nothing; it only lets a decision stand on the catalog being there. */
export const catalogExists = (state: CatalogState): CatalogEvent[] => {
  if (!state.exists) throw refuse(contract.endpoints.share, "catalog_unknown");
  return [];
};
