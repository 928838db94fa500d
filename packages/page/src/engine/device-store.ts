/** The device that this browser is, kept across visits. */
import type { AccountKey, UserKey } from "@natster/contracts";
import { parseCreds, readJwt, readUser, userOf } from "@natster/trust";
import type { Device } from "./api.ts";
import { openStore } from "./database.ts";
import { type StoredKey, storableKey } from "./device-key.ts";

/** Everything that is known of the device, the key included. */
export interface KeptDevice {
  readonly name: string;
  readonly user: UserKey;
  readonly account: AccountKey;
  readonly expires?: number;
  readonly jwt: string;
  readonly key: StoredKey;
  /** The account's own key, where the account was made in this browser. */
  readonly accountSeed?: string;
}

/** One browser is one device. */
const here = "this";

export const loadDevice = (): Promise<KeptDevice | undefined> => openStore<KeptDevice>("device").get(here);
export const keepDevice = (device: KeptDevice): Promise<void> => openStore<KeptDevice>("device").put(here, device);
export const forgetDevice = (): Promise<void> => openStore<KeptDevice>("device").remove(here);

/** Reads creds into a device that can be kept. Throws where they are none. */
export async function deviceOf(creds: string, accountSeed?: string): Promise<KeptDevice> {
  const { jwt, key } = parseCreds(creds);
  const claims = readJwt(jwt);
  if (claims.refused !== undefined) throw new TypeError(claims.refused);
  return {
    name: claims.name,
    ...userOf(creds),
    ...(claims.exp !== undefined && { expires: claims.exp * 1_000 }),
    jwt,
    key: await storableKey(key.seed()),
    ...(accountSeed !== undefined && { accountSeed }),
  };
}

/** The same device with a newer JWT. */
export function renewed(device: KeptDevice, jwt: string): KeptDevice {
  const said = saidOf({ ...device, jwt });
  return { ...device, jwt, ...(said?.expires !== undefined && { expires: said.expires * 1_000 }) };
}

/** What the device's JWT says; undefined where it does not hold. */
export function saidOf({ jwt, account }: Pick<KeptDevice, "jwt" | "account">) {
  const read = readUser(jwt, { account, now: Math.floor(Date.now() / 1_000) });
  return read.refused === undefined ? read : undefined;
}

/** What a tab is told of it. */
export const shown = (device: KeptDevice): Device => {
  const { name, user, account, expires, accountSeed } = device;
  const holdsAccount = accountSeed !== undefined;
  return {
    name,
    user,
    account,
    ...(expires !== undefined && { expires }),
    holdsAccount,
    maySign: holdsAccount || (saidOf(device)?.maySign ?? false),
  };
};
