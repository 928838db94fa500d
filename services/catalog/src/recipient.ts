/** Whether somebody exists to share with: all that this service knows of accounts. */
import { accountEvents } from "@natster/contracts/accounts";
import { defineAggregate } from "@natster/micro/aggregate";

export const recipient = defineAggregate({
  events: accountEvents,
  initial: { exists: false },
  evolve: (state, { type }) => ({ exists: type === "registered" || (type !== "closed" && state.exists) }),
});
