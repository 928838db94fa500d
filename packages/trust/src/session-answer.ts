/** Answering an opening: an instance proves that it is the owner's, and seals what only the asking device can open. */
import { Base64Url, Base64Url32, InstanceId, Jwt, type SignedText, UnixTime } from "@natster/contracts";
import * as z from "zod";
import { fromBase64Url, toBase64Url } from "./bytes.ts";
import { type Checked, refused } from "./checked.ts";
import type { SessionDevice, SessionPurpose } from "./session-open.ts";
import { parseText, signText, verifyText } from "./signed-text.ts";
import { type Device, readUser } from "./user.ts";

/** What an answer says in clear; all of it is signed. */
export interface Answer {
  /** Names the session at the instance: 16 bytes. */
  readonly session: Uint8Array;
  readonly instance: InstanceId;
  readonly expires: UnixTime;
  /** The encapsulated key of HPKE. */
  readonly enc: Uint8Array;
  /** The first thing that is said under the new keys. */
  readonly sealed: Uint8Array;
}

export type AnswerReason = "malformed" | "device_refused" | "role_wrong" | "signature_wrong" | "expired";

/** Proves to whoever knows the owner's account that this device of it answers exactly this opening. */
export function signAnswer(device: SessionDevice, openHash: Uint8Array, answer: Answer): Promise<SignedText> {
  const { session, instance, expires, enc, sealed } = answer;
  const said = { version: 1, session: toBase64Url(session), instance, expires, enc: toBase64Url(enc) };
  const text = JSON.stringify({ ...said, sealed: toBase64Url(sealed), device: device.jwt });
  return signText(device.key, heading, text, openHash);
}

/**
 * Verifies that a serving device of the owner's account answered exactly this opening; where something is to be signed,
 * one that the account key lets sign. It proves nothing of who could
 * read it: that comes from the keys.
 */
export function readAnswer(
  signed: SignedText,
  { wanted, openHash, now }: { readonly wanted: SessionPurpose; readonly openHash: Uint8Array; readonly now: UnixTime },
): Checked<Answer & { readonly device: Device }, AnswerReason> {
  const read = AnswerText.safeParse(parseText(signed));
  if (!read.success) return refused("malformed");
  const { session, instance, expires, enc, sealed } = read.data;
  const device = readUser(read.data.device, { account: wanted.owner, now });
  if (device.refused !== undefined) return refused("device_refused");
  if (device.role !== "server" || (wanted.purpose === "sign" && !device.maySign)) return refused("role_wrong");
  if (!verifyText(device.user, heading, signed, openHash)) return refused("signature_wrong");
  if (expires <= now) return refused("expired");
  return {
    session: fromBase64Url(session),
    instance,
    expires,
    enc: fromBase64Url(enc),
    sealed: fromBase64Url(sealed),
    device,
  };
}

const heading = "natster/session/1/answer";
const AnswerText = z.strictObject({
  version: z.literal(1),
  session: Base64Url.length(22),
  instance: InstanceId,
  expires: UnixTime,
  enc: Base64Url32,
  sealed: Base64Url.max(4_096),
  device: Jwt,
});
