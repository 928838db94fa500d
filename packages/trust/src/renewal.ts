/** Renewals: a device asks the holder of its account's key for a JWT that holds longer, by showing that it has its key. */
import { type AccountKey, Jwt, type SignedText, UnixTime } from "@natster/contracts";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";
import type { SessionDevice } from "./session-open.ts";
import { clockWindow, parseText, signText, verifyText } from "./signed-text.ts";
import { type Device, readUser, type UserReason } from "./user.ts";

export type RenewalReason = "malformed" | "device_refused" | "signature_wrong" | "clock_differs";

/**
 * Proves to the holder of the account's key that the device wants its JWT renewed now. It needs no seal: a JWT is no
 * secret, and what comes back proves itself.
 */
export const signRenewal = (device: SessionDevice, now: UnixTime): Promise<SignedText> =>
  signText(device.key, heading, JSON.stringify({ version: 1, user: device.jwt, time: now }));

/**
 * Verifies that a device of this account asks so just now: one that the account's own key made, and whose JWT holds
 * still. Whether it was revoked is for somebody else to say.
 */
export function readRenewal(
  signed: SignedText,
  { account, now }: { readonly account: AccountKey; readonly now: UnixTime },
): Checked<{ readonly device: Device; readonly jwt: string }, RenewalReason> & { readonly why?: UserReason } {
  const read = Renewal.safeParse(parseText(signed));
  if (!read.success) return refused("malformed");
  const device = readUser(read.data.user, { account, now });
  if (device.refused !== undefined) return { refused: "device_refused", why: device.refused };
  if (!verifyText(device.user, heading, signed)) return refused("signature_wrong");
  if (Math.abs(read.data.time - now) > clockWindow) return refused("clock_differs");
  return { device, jwt: read.data.user };
}

const heading = "natster/renewal/1";
const Renewal = z.strictObject({ version: z.literal(1), user: Jwt, time: UnixTime });
