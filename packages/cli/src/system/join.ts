/** A new account on a system, as a context of this machine. */
import { connectDevice, createDevice, type Place } from "@natster/person";
import { type Key, parseCreds } from "@natster/trust";
import {
  type Context,
  contextNames,
  currentName,
  keyInWaiting,
  openContext,
  useContext,
  writeContext,
} from "../context/context.ts";
import { Failure } from "../failure.ts";
import { deviceName } from "./connect.ts";
import { placeOf } from "./place.ts";
import type { Welcomed } from "./welcome.ts";

/**
 * Makes an account with what `admit` does, and its context. The key is on the disk before anybody hears of it: whatever
 * happens in between, the same again goes on with it. Throws `Failure` where the context is there already.
 */
export async function joinAs(
  name: string,
  welcome: Welcomed,
  timeout: number,
  admit: (place: Place, account: Key<"account">) => Promise<unknown>,
): Promise<Context> {
  if ((await contextNames()).includes(name)) {
    throw new Failure(`there is a context ${name} already`, { next: "the same with --context ANOTHER" });
  }
  const { servers, platform, lobby, page, authority } = welcome;
  const place = placeOf(welcome, timeout);
  const { key, before } = await keyInWaiting(name);
  const creds = createDevice(key, { name: deviceName(), role: "owner", maySign: true });
  const enter = () => connectDevice(place, creds, "natster", { timeout });
  // An earlier try may have been admitted, and then interrupted.
  const person =
    (before ? await enter().catch(() => undefined) : undefined) ?? (await admit(place, key), await enter());
  try {
    await person.accounts.device({ jwt: parseCreds(creds).jwt });
    const { administrator } = await person.library.whoami({});
    const context = await writeContext(name, {
      account: key.public,
      servers,
      page,
      platform,
      lobby,
      administrator,
      creds,
      accountKey: key,
      authority,
    });
    if ((await currentName()) === undefined) await useContext(name);
    return context;
  } finally {
    await person[Symbol.asyncDispose]();
  }
}

/** The name of the context for a system: that of its host. */
export async function contextNameFor(page: string): Promise<string> {
  const names = await contextNames();
  const { hostname } = new URL(page);
  const base = /^[\d.[\]:]+$|^localhost$/.test(hostname) ? "local" : hostname.toLowerCase();
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!names.includes(name)) return name;
  }
}

/** An account that this machine has on the system already. */
export async function contextOn(
  { platform }: Pick<Welcomed, "platform">,
  named: string | undefined,
): Promise<Context | undefined> {
  const current = named ?? (await currentName());
  const names = await contextNames();
  const ordered = names.toSorted((a, b) => Number(b === current) - Number(a === current));
  for (const name of named === undefined ? ordered : ordered.filter((each) => each === named)) {
    const context = await openContext(name);
    if (context.platform === platform) return context;
  }
  return undefined;
}
