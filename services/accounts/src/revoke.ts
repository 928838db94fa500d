/** Revoking: every JWT of a device is void, and nats-server closes its connections. */
import type { accounts } from "@natster/contracts/accounts";
import type { Handler } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { account, ofDevices } from "./account.ts";
import { revokeDevice } from "./devices.ts";
import { mayTouch } from "./may-touch.ts";

export const revoke =
  (log: EventLog): Handler<typeof accounts, "revoke"> =>
  async ({ caller, request: { user }, command }) => {
    mayTouch(caller, user);
    const decide = ofDevices(revokeDevice(user, Math.floor(Date.now() / 1000), caller));
    return { after: await log.append(account, { account: caller.account }, decide, command) };
  };
