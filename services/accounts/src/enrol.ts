/** Enrolment: a newcomer who has claimed a code is registered, with the claims that stand in the event. */
import type { codeEvents } from "@natster/contracts/codes";
import type { IdOf } from "@natster/contracts";
import { isRefusal, type Logger } from "@natster/micro";
import type { Recorded } from "@natster/micro/aggregate";
import type { EventLog } from "@natster/micro/event-log";
import { readRegistration } from "@natster/trust";
import { admitAccount, type Policy } from "./register.ts";

/** Makes the reaction to `claimed`. It is idempotent: the command is named after the code. */
export const enrol =
  (log: EventLog, policy: Policy, logger: Logger) =>
  async ({ code }: IdOf<typeof codeEvents>, event: Recorded<typeof codeEvents>): Promise<void> => {
    // Only a newcomer brings claims; people who have an account, and devices that get one, register nothing.
    if (event.type !== "claimed" || event.data.transcript.claims === undefined) return;
    const claims = readRegistration(event.data.transcript.claims, { now: "recorded", code });
    if (claims.refused !== undefined || policy.registration === "closed") {
      logger.warn({ code, reason: claims.refused ?? "registration_closed" }, "a claimed code admits nobody");
      return;
    }
    const caller = { account: claims.account, newcomer: true, administrator: false };
    const command = { id: code, name: "accounts.enrol", caller, follows: true } as const;
    try {
      await admitAccount(log, claims, command);
    } catch (error) {
      if (isRefusal(error, "account_closed"))
        return logger.warn({ code, reason: error.reason }, "a claimed code admits nobody");
      if (!isRefusal(error, "handle_taken")) throw error;
      // A code must not be lost to a race for a name: the account starts without one.
      const { handle: _, ...nameless } = claims;
      await admitAccount(log, nameless, command);
    }
  };
