/** A handle: whose it is. It is unique because the subject of its events is. */
import type { AccountKey, EventOf } from "@natster/contracts";
import { accounts, handleEvents } from "@natster/contracts/accounts";
import { refuse } from "@natster/micro";
import { defineAggregate } from "@natster/micro/aggregate";

export interface HandleState {
  readonly account: AccountKey | undefined;
}

type HandleEvent = EventOf<typeof handleEvents>;

const initial: HandleState = { account: undefined };

export const handle = defineAggregate({
  events: handleEvents,
  initial,
  evolve: (_, { type, data }) => ({ account: type === "claimed" ? data.account : undefined }),
});

/** Gives a handle to an account, unless another has it. */
export const claimHandle =
  (account: AccountKey) =>
  (state: HandleState): HandleEvent[] => {
    if (state.account === account) return [];
    if (state.account) throw refuse(accounts.endpoints.register, "handle_taken");
    return [{ type: "claimed", data: { account } }];
  };

/** Frees a handle that an account has. */
export const releaseHandle =
  (account: AccountKey) =>
  (state: HandleState): HandleEvent[] =>
    state.account === account ? [{ type: "released", data: { account } }] : [];
