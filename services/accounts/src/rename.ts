/** Renaming: the new handle is claimed and the old one freed in one step. */
import type { accounts } from "@natster/contracts/accounts";
import type { Handler } from "@natster/micro";
import { type EventLog, part } from "@natster/micro/event-log";
import { account, rename as renamed } from "./account.ts";
import { claimHandle, handle, releaseHandle } from "./handle.ts";

export const rename =
  (log: EventLog): Handler<typeof accounts, "rename"> =>
  async ({ caller, request, command }) => {
    const { state } = await log.load(account, { account: caller.account });
    const was = state.handle;
    const after = await log.appendAll(
      [
        ...(was && was !== request.handle ? [part(handle, { handle: was }, releaseHandle(caller.account))] : []),
        part(handle, { handle: request.handle }, claimHandle(caller.account)),
        part(account, { account: caller.account }, renamed(request.handle, was)),
      ],
      command,
    );
    return { after };
  };
