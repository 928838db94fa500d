/** A catalog: whether it exists, and what it says of itself. */
import type { EventOf } from "@natster/contracts";
import { catalog as contract, catalogEvents } from "@natster/contracts/catalog";
import { refuse } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";

export interface CatalogState {
  readonly exists: boolean;
  readonly description: string | undefined;
  /** When a catalog of this name was last given up, in whole seconds: every grant up to then is void. */
  readonly voidUntil: number;
}

type CatalogEvent = EventOf<typeof catalogEvents>;

const initial: CatalogState = { exists: false, description: undefined, voidUntil: 0 };

export const catalog = defineAggregate({
  events: catalogEvents,
  initial,
  evolve: (state, { type, data, time }): CatalogState => {
    switch (type) {
      case "created":
      case "described":
        return { ...state, exists: true, description: data.description };
      case "retired":
        return { exists: false, description: undefined, voidUntil: Math.floor(Date.parse(time) / 1000) };
    }
  },
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

/** Gives a catalog up. */
export const retireCatalog =
  (reason: Extract<CatalogEvent, { type: "retired" }>["data"]["reason"]) =>
  (state: CatalogState): CatalogEvent[] => {
    if (!state.exists) throw refuse(contract.endpoints.retire, "catalog_unknown");
    return [{ type: "retired", data: { reason } }];
  };

/** Records nothing; it only lets a grant of this second stand on the catalog being there, and being this one. */
export const admitsGrant =
  (issuedAt: number) =>
  (state: CatalogState): CatalogEvent[] => {
    if (!state.exists) throw refuse(contract.endpoints.share, "catalog_unknown");
    if (issuedAt <= state.voidUntil) throw refuse(contract.endpoints.share, "grant_outdated");
    return [];
  };
