import type { accounts } from "@natster/contracts/accounts";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { account, ofDevices } from "./account.ts";
import { renameDevice } from "./devices.ts";
import { mayTouch } from "./may-touch.ts";

export const deviceRename =
  (log: EventLog): Handler<typeof accounts, "deviceRename"> =>
  async ({ caller, request: { user, name }, command }) => {
    mayTouch(caller, user);
    const decide = ofDevices(renameDevice(user, name));
    return { after: await log.append(account, { account: caller.account }, decide, command) };
  };
