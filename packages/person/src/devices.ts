/** Devices: an account's key makes them, the platform lists them, and nats-server lets none in that was revoked. */
import type { UnixTime, UserKey } from "@natster/contracts";
import { isRefusal } from "@natster/micro/client";
import { type Key, parseCreds, readUser, userJwt } from "@natster/trust";
import { applied } from "./applied.ts";
import { createDevice, type NewDevice, type Person } from "./person.ts";
import { sayRevoked } from "./revoking.ts";

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

/** Whether the account's own list has a device now that may have things signed: a JWT says what a device once might. */
export async function maySign({ library }: Person, user: UserKey): Promise<boolean> {
  for (let cursor: string | undefined; ;) {
    const page = await library.devices({ limit: 500, ...(cursor !== undefined && { cursor }) });
    const found = page.rows.find((device) => device.user === user);
    if (found) return found.maySign;
    cursor = page.cursor;
    if (cursor === undefined) return false;
  }
}

/** A device is renewed by whoever holds the account key, and only one that is there and will soon run out. */
export class NotRenewedError extends Error {
  override readonly name = "NotRenewedError";
}

/** Whether something is in the last third of its time, so that it is renewed while it still holds. */
export const isDue = (
  { issuedAt, expires }: { readonly issuedAt: UnixTime; readonly expires?: UnixTime | undefined },
  now: UnixTime,
): boolean => expires !== undefined && now >= expires - (expires - issuedAt) / 3;

/**
 * Signs the JWT of a device anew: the same key, name and rights, for as long as before. Resolves with the new JWT, or
 * with none while it is too early. Throws `NotRenewedError` where the account's own key did not sign the old one, where
 * it has run out, or where the device was revoked: what is gone does not come back by asking. That it is there, the log
 * decides with the very step that renews it.
 */
export async function renewDevice(person: Person, account: Key<"account">, jwt: string): Promise<string | undefined> {
  const now = Math.floor(Date.now() / 1000);
  const read = readUser(jwt, { account: account.public, now });
  if (read.refused !== undefined) throw new NotRenewedError(`the device's JWT is ${read.refused}`);
  const { user, name, role, maySign, issuedAt, expires } = read;
  if (expires === undefined || !isDue({ issuedAt, expires }, now)) return undefined;
  const { administrator } = await person.library.whoami({});
  const rights = { role, maySign, administrator };
  const renewed = userJwt(account, { user, name, ...rights, issuedAt: now, expires: now + (expires - issuedAt) });
  try {
    await person.accounts.device({ jwt: renewed, renews: true });
  } catch (error) {
    const gone = isRefusal(error, "device_unknown") || isRefusal(error, "device_outdated");
    throw gone ? new NotRenewedError("the device is none of this account any more", { cause: error }) : error;
  }
  return renewed;
}

/**
 * Revokes a device and waits until nats-server has cut it off. One that revokes itself is cut off by it. With the
 * account key the file-servers of this account are told first, signed.
 */
export async function revokeDevice(person: Person, user: UserKey, account?: Key<"account">): Promise<void> {
  if (account) await sayRevoked(person, account, { to: user });
  const { after } = await person.accounts.revoke({ user });
  if (user !== person.user) await applied(person.connection, person.account, after);
}
