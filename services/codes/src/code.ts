/** A code: issued by somebody, claimed by one. */
import type { AccountKey, EventOf } from "@natster/contracts";
import { codeEvents, codes } from "@natster/contracts/codes";
import { refuse } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";

export interface CodeState {
  readonly issuer: AccountKey | undefined;
  /** Hash of the claim that won. */
  readonly claim: string | undefined;
  /** Taken back, or run out. */
  readonly ended: boolean;
  /** When it runs out, in milliseconds since 1970. */
  readonly expires: number;
}

type CodeEvent = EventOf<typeof codeEvents>;
type Issued = Extract<CodeEvent, { type: "issued" }>["data"];
type Claimed = Omit<Extract<CodeEvent, { type: "claimed" }>["data"], "issuer">;

const initial: CodeState = { issuer: undefined, claim: undefined, ended: false, expires: 0 };

export const code = defineAggregate({
  events: codeEvents,
  initial,
  evolve: (state, { type, data }) => {
    switch (type) {
      case "issued":
        return { ...state, issuer: data.issuer, expires: Date.parse(data.expires) };
      case "claimed":
        return { ...state, claim: data.claim };
      case "cancelled":
      case "expired":
        return { ...state, ended: true };
    }
  },
});

/** Issues a code. An id that was ever used is never used again. */
export const issueCode =
  (data: Issued) =>
  (state: CodeState): CodeEvent[] => {
    if (state.issuer) throw refuse(codes.endpoints.issue, "code_used");
    return [{ type: "issued", data }];
  };

/** Lets one claim win. The same claim again changes nothing; another is refused. */
export const claimCode =
  (data: Claimed) =>
  (state: CodeState): CodeEvent[] => {
    if (!state.issuer || state.ended) throw refuse(codes.endpoints.claim, "code_unknown");
    if (state.claim === data.claim) return [];
    if (state.claim) throw refuse(codes.endpoints.claim, "code_claimed");
    return [{ type: "claimed", data: { ...data, issuer: state.issuer } }];
  };

/** Takes back what nobody has claimed. */
export const cancelCode =
  (issuer: AccountKey) =>
  (state: CodeState): CodeEvent[] => {
    if (state.issuer !== issuer) throw refuse(codes.endpoints.cancel, "code_unknown");
    if (state.claim) throw refuse(codes.endpoints.cancel, "code_claimed");
    return state.ended ? [] : [{ type: "cancelled", data: { issuer } }];
  };

/** Ends a code that has run out by now without a claim. */
export const expireCode =
  (now: number) =>
  (state: CodeState): CodeEvent[] =>
    state.issuer === undefined || state.claim !== undefined || state.ended || state.expires > now
      ? []
      : [{ type: "expired", data: { issuer: state.issuer } }];
