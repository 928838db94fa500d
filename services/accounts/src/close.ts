/** Closing: the account ends, and its handle is free again, in one step. */
import type { accounts } from "@natster/contracts/accounts";
import type { Handler } from "@natster/micro";
import { type EventLog, part } from "@natster/micro/event-log";
import { account, close as closed } from "./account.ts";
import { handle, releaseHandle } from "./handle.ts";

export const close =
  (log: EventLog): Handler<typeof accounts, "close"> =>
  async ({ caller, command }) => {
    const { state } = await log.load(account, { account: caller.account });
    const after = await log.appendAll(
      [
        part(account, { account: caller.account }, closed(state.handle, Math.floor(Date.now() / 1000))),
        ...(state.handle ? [part(handle, { handle: state.handle }, releaseHandle(caller.account))] : []),
      ],
      command,
    );
    return { after };
  };
