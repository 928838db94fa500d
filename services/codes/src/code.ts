/** A code: issued by somebody, claimed by one, answered once. */
import type { AccountKey, CodeId, EventOf } from "@natster/contracts";
import { codeEvents, type CodeOffer, codes } from "@natster/contracts/codes";
import { refuse } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";
import { purposeOf } from "@natster/trust";

export interface CodeState {
  readonly issuer: AccountKey | undefined;
  /** What it gives. */
  readonly offer: CodeOffer | undefined;
  readonly audience: AccountKey | undefined;
  /** Hash of the claim that won. */
  readonly claim: string | undefined;
  /** The sealed answer to it. */
  readonly answer: string | undefined;
  /** Taken back, or run out. */
  readonly ended: boolean;
  /** When it runs out, in milliseconds since 1970. */
  readonly expires: number;
}

type CodeEvent = EventOf<typeof codeEvents>;
type DataOf<T extends CodeEvent["type"]> = Extract<CodeEvent, { type: T }>["data"];

const initial: CodeState = {
  issuer: undefined,
  offer: undefined,
  audience: undefined,
  claim: undefined,
  answer: undefined,
  ended: false,
  expires: 0,
};

export const code = defineAggregate({
  events: codeEvents,
  initial,
  evolve: (state, { type, data }): CodeState => {
    switch (type) {
      case "issued": {
        const { issuer, offer, audience, expires } = data;
        return { ...state, issuer, offer, audience, expires: Date.parse(expires) };
      }
      case "claimed":
        return { ...state, claim: data.hash };
      case "fulfilled":
        return { ...state, answer: data.answer };
      case "cancelled":
      case "expired":
        return { ...state, ended: true };
    }
  },
});

/** Issues a code. An id that was ever used is never used again. */
export const issueCode =
  (id: CodeId, data: DataOf<"issued">) =>
  (state: CodeState): CodeEvent[] => {
    if (purposeOf(id) !== data.offer.purpose) throw refuse(codes.endpoints.issue, "purpose_other");
    if (state.issuer) throw refuse(codes.endpoints.issue, "code_used");
    return [{ type: "issued", data }];
  };

/** Lets one claim win. The same claim again changes nothing; another is refused. */
export const claimCode =
  (claim: Omit<DataOf<"claimed">, "issuer">, now: number) =>
  (state: CodeState): CodeEvent[] => {
    if (!state.issuer || state.ended) throw refuse(codes.endpoints.claim, "code_unknown");
    if (state.claim === claim.hash) return [];
    if (state.claim) throw refuse(codes.endpoints.claim, "code_claimed");
    if (state.expires <= now) throw refuse(codes.endpoints.claim, "code_unknown");
    return [{ type: "claimed", data: { ...claim, issuer: state.issuer } }];
  };

/** Takes the issuer's answer to the claim that won. The first answer stays. */
export const fulfilCode =
  (issuer: AccountKey, { claim, answer }: Omit<DataOf<"fulfilled">, "issuer">, now: number) =>
  (state: CodeState): CodeEvent[] => {
    if (state.issuer !== issuer || state.ended) throw refuse(codes.endpoints.fulfil, "code_unknown");
    if (!state.claim) throw refuse(codes.endpoints.fulfil, "not_claimed");
    if (state.claim !== claim) throw refuse(codes.endpoints.fulfil, "claim_other");
    if (state.answer !== undefined) return [];
    if (state.expires <= now) throw refuse(codes.endpoints.fulfil, "code_unknown");
    return [{ type: "fulfilled", data: { issuer, claim, answer } }];
  };

/** Takes back what nobody has claimed. */
export const cancelCode =
  (issuer: AccountKey) =>
  (state: CodeState): CodeEvent[] => {
    if (state.issuer !== issuer) throw refuse(codes.endpoints.cancel, "code_unknown");
    if (state.claim) throw refuse(codes.endpoints.cancel, "code_claimed");
    return state.ended ? [] : [{ type: "cancelled", data: { issuer } }];
  };

/** Ends a code that has run out by now without a claim, or with a claim that nobody has answered. */
export const expireCode =
  (now: number) =>
  (state: CodeState): CodeEvent[] =>
    state.issuer === undefined || isOver(state) || state.expires > now
      ? []
      : [{ type: "expired", data: { issuer: state.issuer } }];

/** Whether it has done what it is for, or can do it no more. Nobody answers the claim of an enrol code. */
export const isOver = ({ issuer, offer, claim, answer, ended }: CodeState): boolean =>
  issuer === undefined || ended || (offer?.purpose === "enrol" ? claim !== undefined : answer !== undefined);
