/** The link that signs a device in: its fragment holds the device's creds, and is sent to no server. */
import type { AccountKey, UserKey } from "@natster/contracts";
import { type Creds, parseCreds, readJwt, userOf } from "@natster/trust";

/** The device that this page is. */
export interface Device {
  readonly name: string;
  readonly user: UserKey;
  readonly account: AccountKey;
  readonly creds: Creds;
  /** When it stops being a device of its account, in milliseconds since 1970. */
  readonly expires?: number;
}

/** What a link turned out to be. */
export type Link =
  | { readonly state: "none" }
  | { readonly state: "unreadable" }
  | { readonly state: "expired"; readonly name: string; readonly expired: number }
  | { readonly state: "good"; readonly device: Device };

/** Reads the fragment of the page's address. */
export function readLink(fragment: string, now: number): Link {
  const text = new URLSearchParams(fragment.replace(/^#/, "")).get("device");
  if (text === null) return { state: "none" };
  try {
    const device = readDevice(fromBase64Url(text));
    const { name, expires } = device;
    return expires !== undefined && expires <= now
      ? { state: "expired", name, expired: expires }
      : { state: "good", device };
  } catch {
    // A part of a link, or another kind of link: there is one thing to do about it, whatever was wrong.
    return { state: "unreadable" };
  }
}

/** Reads creds. Throws where they are none. */
function readDevice(text: string): Device {
  const creds = parseCreds(text);
  const claims = readJwt(creds.jwt);
  if (claims.refused !== undefined) throw new TypeError(claims.refused);
  const { name, exp } = claims;
  return { name, ...userOf(text), creds, ...(exp !== undefined && { expires: exp * 1_000 }) };
}

function fromBase64Url(text: string): string {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
