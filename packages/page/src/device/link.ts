/**
 * The links with which somebody comes: one holds a device's creds and signs it in, the other a one-time code. Both stand in
 * the fragment, which is sent to no server.
 */

/** What a link turned out to be. */
export type Link =
  | { readonly state: "none" }
  | { readonly state: "unreadable" }
  | { readonly state: "expired"; readonly name: string; readonly expired: number }
  /** What it holds is for the engine to check. */
  | { readonly state: "code"; readonly code: string }
  | { readonly state: "good"; readonly creds: string };

/**
 * Reads a link, or its fragment alone. What the creds prove is for the engine to find out; here is only seen what to say
 * at once.
 */
export function readLink(link: string, now: number): Link {
  const said = new URLSearchParams(link.slice(link.indexOf("#") + 1));
  const code = said.get("code");
  if (code !== null) return { state: "code", code };
  const text = said.get("device");
  if (text === null) return { state: "none" };
  try {
    const creds = fromBase64Url(text);
    const claims = claimsIn(creds);
    const expires = claims.exp === undefined ? undefined : claims.exp * 1_000;
    return expires !== undefined && expires <= now
      ? { state: "expired", name: claims.name ?? "", expired: expires }
      : { state: "good", creds };
  } catch {
    // A part of a link, or another kind of link: there is one thing to do about it, whatever was wrong.
    return { state: "unreadable" };
  }
}

/** Reads what somebody typed or pasted: a link, or a code by itself. */
export function readTyped(text: string, now: number): Link {
  const trimmed = text.trim();
  if (/^[DSE][0-9A-Z]{7}(?:[\s-]*[0-9A-Z]){12}$/i.test(trimmed)) return { state: "code", code: trimmed };
  const link = readLink(trimmed, now);
  return link.state === "none" ? { state: "unreadable" } : link;
}

/** Reads the link with which the page was opened, and takes it out of the address: what it holds is a secret. */
export function takeLink(): Link {
  const link = readLink(location.hash, Date.now());
  if (link.state !== "none") history.replaceState(null, "", `${location.pathname}${location.search}`);
  return link;
}

/** The claims of the JWT in creds, unproved. Throws where there are none. */
function claimsIn(creds: string): { readonly name?: string; readonly exp?: number } {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+\s*$/m.exec(creds)?.[1];
  if (payload === undefined || !creds.includes("USER NKEY SEED")) throw new TypeError("no creds");
  return JSON.parse(fromBase64Url(payload));
}

function fromBase64Url(text: string): string {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
