/** An account: whether it exists, and what it is called. */
import { type CodeId, type EventOf, type Handle } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { defineAggregate } from "@natster/micro/aggregate";

export interface Account {
  readonly registered: boolean;
  readonly handle: Handle | undefined;
}

type AccountEvent = EventOf<typeof accountEvents>;

const initial: Account = { registered: false, handle: undefined };

export const account = defineAggregate({
  events: accountEvents,
  initial,
  evolve: (state, { type, data }) => {
    switch (type) {
      case "registered":
        return { registered: true, handle: data.handle };
      case "renamed":
        return { ...state, handle: data.handle };
    }
  },
});

/** Admits an account. One that is admitted already stays as it is. */
export const register =
  (handle: Handle | undefined, code: CodeId | undefined) =>
  (state: Account): AccountEvent[] =>
    state.registered ? [] : [{ type: "registered", data: { ...(handle && { handle }), ...(code && { code }) } }];

/** Gives an account another handle. */
export const rename =
  (handle: Handle, was: Handle | undefined) =>
  (state: Account): AccountEvent[] =>
    state.handle === handle ? [] : [{ type: "renamed", data: { handle, ...(was && { was }) } }];
