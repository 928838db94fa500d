/** Registration: an account asks to be admitted with claims that its own key signed. */
import type { AccountKey } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { type Command, type Handler, refuse } from "@natster/micro";
import { type EventLog, part } from "@natster/micro/event-log";
import { readRegistration, type Registration } from "@natster/trust";
import { account, admit } from "./account.ts";
import { claimHandle, handle } from "./handle.ts";

/** Who is admitted: everybody, people with a code, or nobody. Administrators always are. */
export interface Policy {
  readonly registration: "open" | "code" | "closed";
  readonly administrators: readonly AccountKey[];
}

export const register =
  (log: EventLog, policy: Policy): Handler<typeof accounts, "register"> =>
  async ({ request, command }) => {
    const { register: endpoint } = accounts.endpoints;
    const claims = readRegistration(request.claims, { now: Math.floor(Date.now() / 1000) });
    if (claims.refused !== undefined) throw refuse(endpoint, "claims_invalid", `claims: ${claims.refused}`);
    if (!policy.administrators.includes(claims.account)) {
      if (policy.registration === "closed") throw refuse(endpoint, "registration_closed");
      if (policy.registration === "code") throw refuse(endpoint, "code_needed");
    }
    return { after: await admitAccount(log, claims, command) };
  };

/**
 * Records an account, with its handle where it wants one; both or neither. One that is admitted already stays as it is,
 * and gets no second handle.
 */
export async function admitAccount(log: EventLog, claims: Registration, command: Command): Promise<number> {
  const id = { account: claims.account };
  const { state, last } = await log.load(account, id);
  if (state.status !== "unknown" && state.status !== "closed") return last;
  return log.appendAll(
    [
      ...(claims.handle ? [part(handle, { handle: claims.handle }, claimHandle(claims.account))] : []),
      part(account, id, admit(claims.handle, claims.code)),
    ],
    command,
  );
}
