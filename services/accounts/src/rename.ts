/** Renaming: the new handle is claimed and the old one freed in one step. */
import { accounts } from "@natster/contracts/accounts";
import { type Handler, refuse } from "@natster/micro";
import { type EventLog, part } from "@natster/micro/event-log";
import { account, rename as renamed } from "./account.ts";
import { claimHandle, handle, releaseHandle } from "./handle.ts";

export const rename =
  (log: EventLog): Handler<typeof accounts, "rename"> =>
  async ({ caller, request, command }) => {
    const { state } = await log.load(account, { account: caller.account });
    if (!state.registered) throw refuse(accounts.endpoints.rename, "account_unknown");
    const was = state.handle;
    const after = await log.appendAll(
      [
        part(account, { account: caller.account }, renamed(request.handle, was)),
        part(handle, { handle: request.handle }, claimHandle(caller.account)),
        ...(was && was !== request.handle ? [part(handle, { handle: was }, releaseHandle(caller.account))] : []),
      ],
      command,
    );
    return { after };
  };
