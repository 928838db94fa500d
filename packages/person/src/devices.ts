/** Devices: an account's key makes them, the platform lists them, and nats-server lets none in that was revoked. */
import type { UserKey } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import { type Key, parseCreds } from "@natster/trust";
import { applied } from "./applied.ts";
import { createDevice, type NewDevice, type Person } from "./person.ts";

/**
 * Makes a device of the account, or renews one whose key is given, and announces it to the platform. Returns its creds,
 * a secret.
 */
export async function addDevice(person: Person, account: Key<"account">, device: NewDevice): Promise<string> {
  const announce = async () => {
    const creds = createDevice(account, device);
    const { after } = await person.accounts.device({ jwt: parseCreds(creds).jwt });
    await applied(person.connection, person.account, after);
    return creds;
  };
  try {
    return await announce();
  } catch (error) {
    if (!isRefusal(error, "device_outdated")) throw error;
    // It was revoked in this very second, and NATS counts whole ones: a JWT of the next is a new one.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    return announce();
  }
}

/** Revokes a device and waits until nats-server has cut it off. One that revokes itself is cut off by it. */
export async function revokeDevice(person: Person, user: UserKey): Promise<void> {
  const { after } = await person.accounts.revoke({ user });
  if (user !== person.user) await applied(person.connection, person.account, after);
}
