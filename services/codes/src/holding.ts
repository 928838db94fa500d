/** What an account has of a catalog already, so that no code is used up for it. */
import { type CodeOffer, codes } from "@natster/contracts/codes";
import { shareEvents } from "@natster/contracts/catalog";
import { refuse } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";

export interface Holding {
  /** Whether the account has accepted a grant. */
  readonly accepted: boolean;
  /** When that runs out, in milliseconds since 1970. */
  readonly until: number;
}

const initial: Holding = { accepted: false, until: 0 };

export const holding = defineAggregate({
  events: shareEvents,
  initial,
  evolve: (state, { type, data }): Holding => {
    switch (type) {
      case "shared":
        return { ...state, until: endOf(data.expires) };
      case "imported":
        // What is public may be taken back from everybody at once: a grant is more.
        return data.public ? initial : { ...state, accepted: true };
      case "unshared":
      case "declined":
      case "dropped":
        return initial;
    }
  },
});

/** Refuses a code that gives no more than the account has: for no longer than it has it anyway. */
export function assertGivesMore({ until }: Extract<CodeOffer, { purpose: "share" }>, has: Holding, now: number): void {
  if (has.accepted && has.until > now && has.until >= endOf(until)) {
    throw refuse(codes.endpoints.claim, "already_shared");
  }
}

const endOf = (expires: string | undefined): number => (expires === undefined ? Infinity : Date.parse(expires));
