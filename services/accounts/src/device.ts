/** A device is announced: the account key's own word for it is checked, and recorded. */
import { Label } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { readUser } from "@natster/trust";
import { account, ofDevices } from "./account.ts";
import { addDevice } from "./devices.ts";

export const device =
  (log: EventLog): Handler<typeof accounts, "device"> =>
  async ({ caller, request, command }) => {
    const read = readUser(request.jwt, { account: caller.account, now: Math.floor(Date.now() / 1000) });
    if (read.refused !== undefined) {
      throw refuse(accounts.endpoints.device, "device_invalid", `device: ${read.refused}`);
    }
    const { user, role, maySign, issuedAt, expires } = read;
    const said = {
      user,
      // A JWT may be named in any way; a list of devices has a line for each.
      name: Label.safeParse(read.name).data ?? "",
      role,
      maySign,
      issuedAt,
      ...(expires !== undefined && { expires: new Date(expires * 1000).toISOString() }),
    };
    const decide = ofDevices(addDevice(said, request));
    return { after: await log.append(account, { account: caller.account }, decide, command) };
  };
