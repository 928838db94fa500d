/** What is asked over TLS, with the authority of a context believed beside those that everybody knows. */
import { getCACertificates } from "node:tls";
import type { WsSocketFactory } from "@nats-io/nats-core";
import type { Authority } from "../context/authority.ts";
import { isUntrusted } from "../explain.ts";
import { Failure } from "../failure.ts";

/** The certificates that vouch for a system, in PEM; undefined where Node's own do. */
export const vouching = (authority: Authority | undefined): string | undefined =>
  authority && [...getCACertificates("default"), authority.pem].join("\n");

/** `fetch`, to a system of that authority. Throws `Failure` where the certificate there is by another. */
export async function fetchBelieving(
  authority: Authority | undefined,
  url: string | URL,
  options: { readonly method?: string; readonly signal: AbortSignal },
): Promise<Pick<Response, "ok" | "status" | "headers" | "json">> {
  if (!authority) return fetch(url, options);
  const { Agent, fetch: ask } = await import("undici");
  const dispatcher = new Agent({ connect: { ca: vouching(authority) } });
  return ask(url, { ...options, dispatcher }).catch((error: unknown) => {
    throw notBy(authority, error);
  });
}

/** Opens WebSockets to a system of that authority, for the library. */
export async function socketsBelieving(authority: Authority): Promise<WsSocketFactory> {
  const { Agent, WebSocket: Socket } = await import("undici");
  const dispatcher = new Agent({ connect: { ca: vouching(authority) } });
  return async (url) => ({ socket: new Socket(url, { dispatcher }), encrypted: url.startsWith("wss:") });
}

/** What is to be said of an error of connecting: where an authority is known, that the certificate is not by it. */
export function notBy(authority: Authority | undefined, error: unknown): unknown {
  if (!authority || !isUntrusted(error)) return error;
  return new Failure(`the certificate of the system is not by the authority in ${authority.file}`, {
    next: "the same with --ca FILE, the authority (ca.crt) that whoever runs the system gives you",
  });
}
