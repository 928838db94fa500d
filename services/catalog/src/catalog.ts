/** A catalog: whether it exists, and what it says of itself. */
import type { EventOf, IdOf } from "@natster/contracts";
import { catalog as contract, catalogEvents } from "@natster/contracts/catalog";
import { refuse } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";
import type { EventLog } from "@natster/micro/event-log";

export interface CatalogState {
  readonly exists: boolean;
  /** Where it was made, in the log; 0 where it does not exist. */
  readonly since: number;
  readonly description: string | undefined;
  /** When a catalog of this name was last given up, in whole seconds: every grant up to then is void. */
  readonly voidUntil: number;
  /** The statement by which everybody may read it. */
  readonly statement: string | undefined;
  /** When that runs out, in milliseconds since 1970. */
  readonly publicUntil: number | undefined;
  /** The latest second of any statement. */
  readonly lastStatement: number;
  /** Every statement up to this second is void. */
  readonly statementsVoidUntil: number;
}

type CatalogEvent = EventOf<typeof catalogEvents>;
type CatalogId = IdOf<typeof catalogEvents>;
type Newest = Pick<EventLog, "newest">;

const initial: CatalogState = {
  exists: false,
  since: 0,
  description: undefined,
  voidUntil: 0,
  statement: undefined,
  publicUntil: undefined,
  lastStatement: 0,
  statementsVoidUntil: 0,
};

export const catalog = defineAggregate({
  events: catalogEvents,
  initial,
  evolve: (state, { type, data, time, sequence }): CatalogState => {
    switch (type) {
      case "created":
        return { ...state, exists: true, since: sequence, description: data.description };
      case "described":
        return { ...state, description: data.description };
      case "published":
        return {
          ...state,
          statement: data.statement,
          publicUntil: data.until === undefined ? undefined : Date.parse(data.until),
          lastStatement: Math.max(state.lastStatement, data.from),
        };
      case "unpublished":
        return { ...state, ...withdrawn(state, time) };
      case "retired":
        return {
          ...state,
          ...withdrawn(state, time),
          exists: false,
          since: 0,
          description: undefined,
          voidUntil: second(time),
        };
    }
  },
});

/** What is public no more; a statement may be dated later than the moment at which it is taken back. */
const withdrawn = ({ lastStatement }: CatalogState, time: string) => ({
  statement: undefined,
  publicUntil: undefined,
  statementsVoidUntil: Math.max(lastStatement, second(time)),
});

const second = (time: string): number => Math.floor(Date.parse(time) / 1000);

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

/** Lets a grant of this second stand on the catalog being there, and being this one. */
export function admitGrant(state: CatalogState, issuedAt: number): void {
  if (!state.exists) throw refuse(contract.endpoints.share, "catalog_unknown");
  if (issuedAt <= state.voidUntil) throw refuse(contract.endpoints.share, "grant_outdated");
}

/** Lets everybody read it, by the owner's statement. The same statement again records nothing. */
export const publishCatalog =
  (data: Extract<CatalogEvent, { type: "published" }>["data"]) =>
  (state: CatalogState): CatalogEvent[] => {
    if (!state.exists) throw refuse(contract.endpoints.publish, "catalog_unknown");
    if (state.statement === data.statement) return [];
    if (data.from <= state.statementsVoidUntil) throw refuse(contract.endpoints.publish, "statement_outdated");
    return [{ type: "published", data }];
  };

/** Takes that back. */
export const unpublishCatalog = (state: CatalogState): CatalogEvent[] => {
  if (!state.exists) throw refuse(contract.endpoints.unpublish, "catalog_unknown");
  if (state.statement === undefined) throw refuse(contract.endpoints.unpublish, "not_published");
  return [{ type: "unpublished", data: { reason: "owner" } }];
};

/** Takes it back where the statement has run out by now, and no other has taken its place. */
export const expirePublication =
  (now: number) =>
  (state: CatalogState): CatalogEvent[] =>
    state.statement === undefined || state.publicUntil === undefined || state.publicUntil > now
      ? []
      : [{ type: "unpublished", data: { reason: "expired" } }];

/** Records nothing; it only lets an import without a grant stand on the catalog being public. */
export const admitsEverybody = (state: CatalogState): CatalogEvent[] => {
  if (!state.exists || state.statement === undefined) throw refuse(contract.endpoints.import, "share_unknown");
  return [];
};

/** Whether a catalog is there: its last beginning and its last end tell, however much it was described in between. */
export const standing = (log: Newest, id: CatalogId): Promise<CatalogState> => after(log, id, ["created", "retired"]);

/** Whether everybody may read it. */
export const isPublic = async (log: Newest, id: CatalogId): Promise<boolean> =>
  (await after(log, id, ["published", "unpublished", "retired"])).statement !== undefined;

/** What the last events of some types leave, as the leader has them. */
const after = async (log: Newest, id: CatalogId, types: readonly CatalogEvent["type"][]): Promise<CatalogState> =>
  (await log.newest(catalogEvents, id, types))
    .toSorted((one, other) => one.sequence - other.sequence)
    .reduce(catalog.evolve, initial);
