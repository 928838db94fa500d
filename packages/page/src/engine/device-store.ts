/** The device that this browser is, kept across visits. */
import type { AccountKey, UserKey } from "@natster/contracts";
import { createKey, type Key, keyFromSeed, readCreds, readUser } from "@natster/trust";
import type { Device } from "./api.ts";
import { openStore } from "./database.ts";
import { type StoredKey, storableKey } from "./device-key.ts";

/** Everything that is known of the device, the key included. */
export interface KeptDevice {
  readonly name: string;
  readonly user: UserKey;
  readonly account: AccountKey;
  readonly expires?: number;
  /** In seconds since 1970. */
  readonly issuedAt: number;
  /** Whether its account lets it have things signed. */
  readonly maySign: boolean;
  readonly jwt: string;
  readonly key: StoredKey;
  /** The account's own key, where the account was made in this browser. */
  readonly accountSeed?: string;
}

/** One browser is one device. */
const here = "this";

export const loadDevice = (): Promise<KeptDevice | undefined> => openStore<KeptDevice>("device").get(here);
export const keepDevice = (device: KeptDevice): Promise<void> => openStore<KeptDevice>("device").put(here, device);

/** The key of an account that begins here is a record beside the device. */
const waiting = "beginning";

/**
 * The key of an account that is about to be: kept before anybody hears of it, so that a page that is loaded anew goes on
 * with the same account. Where nothing is kept, it is as good as this page.
 */
export async function keyInWaiting(): Promise<Key<"account">> {
  const seeds = openStore<string>("device");
  const key = createKey("account");
  const before = await seeds
    .add(waiting, key.seed())
    .then((isNew) => (isNew ? undefined : seeds.get(waiting)))
    .catch(() => undefined);
  return before === undefined ? key : keyFromSeed(before, "account");
}

/** Its account has come into being, and its key is kept with its device. */
export const forgetKeyInWaiting = (): Promise<void> => openStore<string>("device").remove(waiting);

export async function forgetDevice(): Promise<void> {
  await openStore<KeptDevice>("device").remove(here);
  await forgetKeyInWaiting();
}

/** Reads creds into a device that can be kept. Throws where they are none. */
export async function deviceOf(creds: string, accountSeed?: string): Promise<KeptDevice> {
  const { jwt, key, account, claims } = readCreds(creds);
  return {
    name: claims.name,
    user: key.public,
    account,
    ...(claims.exp !== undefined && { expires: claims.exp * 1_000 }),
    issuedAt: claims.iat,
    maySign: saidOf(jwt, account)?.maySign ?? false,
    jwt,
    key: await storableKey(key.seed()),
    ...(accountSeed !== undefined && { accountSeed }),
  };
}

/** The same device with a newer JWT. */
export function renewed(device: KeptDevice, jwt: string): KeptDevice {
  const said = saidOf(jwt, device.account);
  if (said?.expires === undefined) return device;
  return { ...device, jwt, issuedAt: said.issuedAt, maySign: said.maySign, expires: said.expires * 1_000 };
}

/** What a device's JWT says; undefined where it does not hold. */
function saidOf(jwt: string, account: AccountKey) {
  const read = readUser(jwt, { account, now: Math.floor(Date.now() / 1_000) });
  return read.refused === undefined ? read : undefined;
}

/** What a tab is told of it. */
export const shown = ({ name, user, account, expires, maySign, accountSeed }: KeptDevice): Omit<Device, "isKept"> => ({
  name,
  user,
  account,
  ...(expires !== undefined && { expires }),
  holdsAccount: accountSeed !== undefined,
  maySign: accountSeed !== undefined || maySign,
});
