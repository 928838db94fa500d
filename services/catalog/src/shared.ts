/** What stands between one catalog and one account. */
import type { EventOf } from "@natster/contracts";
import { catalog as contract, shareEvents } from "@natster/contracts/catalog";
import { refuse } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";

export interface Shared {
  readonly standing: "none" | "offered" | "imported";
  readonly grant: string | undefined;
  /** When the grant runs out, in milliseconds since 1970. */
  readonly expires: number | undefined;
  /** Where it was last offered, in the log. */
  readonly offeredAt: number;
  /** The latest second at which any grant was issued. */
  readonly lastGrant: number;
  /** Every grant issued up to this second is void. */
  readonly revokedUntil: number;
}

type ShareEvent = EventOf<typeof shareEvents>;
type Offer = Omit<Extract<ShareEvent, { type: "shared" }>["data"], "renews">;

const initial: Shared = {
  standing: "none",
  grant: undefined,
  expires: undefined,
  offeredAt: 0,
  lastGrant: 0,
  revokedUntil: 0,
};

export const shared = defineAggregate({
  events: shareEvents,
  initial,
  evolve: (state, { type, data, time, sequence }): Shared => {
    switch (type) {
      case "shared":
        return {
          ...state,
          standing: state.standing === "imported" ? "imported" : "offered",
          grant: data.grant,
          expires: data.expires === undefined ? undefined : Date.parse(data.expires),
          offeredAt: sequence,
          lastGrant: Math.max(state.lastGrant, data.issuedAt),
        };
      case "imported":
        // What is public stands by no grant.
        return data.public
          ? { ...state, standing: "imported", grant: undefined, expires: undefined, offeredAt: sequence }
          : { ...state, standing: "imported" };
      case "unshared":
        return {
          ...state,
          standing: "none",
          grant: undefined,
          revokedUntil: Math.max(state.lastGrant, Math.floor(Date.parse(time) / 1000)),
        };
      case "declined":
      case "dropped":
        return { ...state, standing: "none", grant: undefined };
    }
  },
});

/** Whether it stands on a catalog that was given up, although another has its name since: what it ends by may be late. */
const isOfAnother = ({ standing, offeredAt }: Shared, catalog: { readonly since: number }): boolean =>
  standing !== "none" && offeredAt < catalog.since;

/**
 * Offers the catalog. What stands already until the same moment records nothing, whichever grant says so; a grant that a
 * revocation already covers is refused. What `renews` is offered only where it stands by a grant.
 */
export const offer =
  (
    data: Offer,
    catalog: { readonly since: number },
    { renews = false }: { readonly renews?: boolean | undefined } = {},
  ) =>
  (state: Shared): ShareEvent[] => {
    const stands = state.standing !== "none" && state.grant !== undefined;
    if (renews && !stands) throw refuse(contract.endpoints.share, "share_unknown");
    // NATS counts whole seconds: a grant of the second in which another was taken back would be void from the start, and
    // what stands on another catalog has yet to be taken back.
    if (isOfAnother(state, catalog)) throw refuse(contract.endpoints.share, "grant_outdated");
    if (state.grant === data.grant) return [];
    if (data.issuedAt <= state.revokedUntil) throw refuse(contract.endpoints.share, "grant_outdated");
    const expires = data.expires === undefined ? undefined : Date.parse(data.expires);
    if (state.standing !== "none" && state.grant !== undefined && state.expires === expires) return [];
    return [{ type: "shared", data: { ...data, ...(state.standing !== "none" && { renews: true }) } }];
  };

/** Takes it back. */
export const takeBack = (state: Shared): ShareEvent[] => {
  if (state.standing === "none") throw refuse(contract.endpoints.unshare, "share_unknown");
  return [{ type: "unshared", data: { reason: "owner" } }];
};

/** Ends what was offered up to a place in the log, where it has not ended, because what it stood on is gone. */
export const end =
  (reason: "retired" | "closed", upTo = Number.POSITIVE_INFINITY) =>
  (state: Shared): ShareEvent[] =>
    state.standing === "none" || state.offeredAt > upTo ? [] : [{ type: "unshared", data: { reason } }];

/** Ends what stands on another catalog of the same name, which was given up. */
export const endOfAnother =
  (catalog: { readonly since: number }) =>
  (state: Shared): ShareEvent[] =>
    isOfAnother(state, catalog) ? end("retired")(state) : [];

/** Ends what was accepted up to a place in the log without a grant, since not everybody may read the catalog any more. */
export const endPublic =
  (reason: "unpublished", upTo = Number.POSITIVE_INFINITY) =>
  (state: Shared): ShareEvent[] =>
    state.standing === "none" || state.grant !== undefined || state.offeredAt > upTo
      ? []
      : [{ type: "unshared", data: { reason } }];

/** Ends it where its grant has run out by now, and no other has taken its place. */
export const expire =
  (now: number) =>
  (state: Shared): ShareEvent[] =>
    state.standing === "none" || state.expires === undefined || state.expires > now
      ? []
      : [{ type: "unshared", data: { reason: "expired" } }];

/** Accepts what was offered of this catalog. */
export const accept =
  (catalog: { readonly exists: boolean; readonly since: number }) =>
  (state: Shared): ShareEvent[] => {
    const stands = catalog.exists && state.standing !== "none" && !isOfAnother(state, catalog);
    if (!stands) throw refuse(contract.endpoints.import, "share_unknown");
    return state.standing === "imported" ? [] : [{ type: "imported", data: {} }];
  };

/** Accepts without a grant what everybody may read. */
export const acceptPublic =
  (catalog: { readonly since: number }) =>
  (state: Shared): ShareEvent[] =>
    state.standing === "imported" && !isOfAnother(state, catalog) ? [] : [{ type: "imported", data: { public: true } }];

/** Turns down what was offered. */
export const turnDown = (state: Shared): ShareEvent[] => {
  if (state.standing === "none") throw refuse(contract.endpoints.decline, "share_unknown");
  if (state.standing === "imported") throw refuse(contract.endpoints.decline, "already_imported");
  return [{ type: "declined", data: {} }];
};

/** Gives up what was accepted. */
export const giveUp = (state: Shared): ShareEvent[] => {
  if (state.standing !== "imported") throw refuse(contract.endpoints.drop, "share_unknown");
  return [{ type: "dropped", data: {} }];
};
