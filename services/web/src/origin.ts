/** From which pages a WebSocket may be opened: this one, by the addresses that are its own, and no other of the web. */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** How people reach the page. */
export interface Reached {
  /** Its address as people have it, where something stands in front of this service. */
  readonly publicUrl?: string | undefined;
  readonly secure: boolean;
}

/**
 * Whether a request comes from another page than this service's. Browsers say in `Origin` where a page is from
 * (RFC 6455 section 10.2), and nothing else does. Besides its public URL the page has the host that it was asked for by; a
 * name is believed only where a certificate holds for it, since a name of anybody's may lead to this machine.
 */
export function isForeign({ headers: { origin, host } }: IncomingMessage, { publicUrl, secure }: Reached): boolean {
  if (origin === undefined || (publicUrl !== undefined && origin === new URL(publicUrl).origin)) return false;
  const from = URL.parse(origin);
  return from === null || from.host !== host || !(secure || isThisMachine(from.hostname));
}

const isThisMachine = (host: string): boolean => host === "localhost" || isIP(host.replace(/^\[(.*)\]$/, "$1")) > 0;
