/** A new device of this machine, which whoever holds the account's own key can make without any other. */
import { connectDevice, createDevice, type Place } from "@natster/person";
import { type Key, parseCreds } from "@natster/trust";
import { type Context, writeContext } from "../context/context.ts";
import { deviceName } from "./connect.ts";
import { rowsOf } from "./pages.ts";

/** Its creds, a secret, and what the platform says of the account. */
export interface FreshDevice {
  readonly creds: string;
  readonly administrator: boolean;
}

/**
 * Makes a device of an account and announces it, under a name that none of its devices has. Throws what nats-server says
 * where it lets in no device of the account.
 */
export async function freshDevice(place: Place, account: Key<"account">, timeout: number): Promise<FreshDevice> {
  const usual = deviceName();
  const device = { name: usual, role: "owner", administrator: true, maySign: true } as const;
  const creds = createDevice(account, device);
  await using person = await connectDevice(place, creds, "natster", { timeout });
  const taken = new Set((await Array.fromAsync(rowsOf(person.library.devices, {}))).map(({ name }) => name));
  let name: string = usual;
  for (let number = 2; taken.has(name); number++) name = `${usual} (${number})`;
  await person.accounts.device({ jwt: parseCreds(creds).jwt, name });
  const { administrator } = await person.library.whoami({});
  return { creds, administrator };
}

/** A context whose device is another from now on. */
export function withDevice(context: Context, { creds, administrator }: FreshDevice): Promise<Context> {
  const { name, account, servers, page, platform, lobby, system } = context;
  return writeContext(name, {
    account,
    servers,
    platform,
    lobby,
    administrator,
    creds,
    ...(page !== undefined && { page }),
    ...(system !== undefined && { system }),
  });
}
