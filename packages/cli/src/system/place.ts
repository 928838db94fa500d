/** How a system is reached: over TCP, or through its page's own origin. */
import { ConnectionError, type ConnectionOptions, type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { dial as connect } from "@natster/micro/transport";
import type { Place } from "@natster/person";
import type { Authority } from "../context/authority.ts";
import type { Context } from "../context/context.ts";
import { Failure } from "../failure.ts";
import { fetchBelieving, notBy, socketsBelieving, vouching } from "./believed.ts";

/** The system of a context; what answers slowly is waited for so many milliseconds. */
export const placeOf = (
  { servers, platform, lobby, authority }: Pick<Context, "servers" | "platform" | "lobby" | "authority">,
  timeout: number,
): Place => ({
  servers,
  platform,
  lobby,
  dial: (options) => dial({ ...options, timeout }, authority),
});

/**
 * A WebSocket where the address says so, and nothing without TLS where it says `tls:`: nobody who takes TLS away on the way
 * is told who is there. A list is of one kind: it is of one system, seen from one place.
 */
async function dial(options: ConnectionOptions, authority: Authority | undefined): Promise<NatsConnection> {
  const [first = ""] = [options.servers ?? []].flat();
  try {
    if (/^wss?:/.test(first)) return await overWebSocket(first, options, authority);
    const ca = vouching(authority);
    return await connect(first.startsWith("tls:") ? { ...options, tls: ca === undefined ? {} : { ca } } : options);
  } catch (error) {
    throw notBy(authority, error);
  }
}

async function overWebSocket(
  address: string,
  options: ConnectionOptions,
  authority: Authority | undefined,
): Promise<NatsConnection> {
  try {
    const wsFactory = authority && (await socketsBelieving(authority));
    return await wsconnect({ ...options, ...(wsFactory && { wsFactory }) });
  } catch (error) {
    if (error instanceof ConnectionError) await askWhy(address, authority, options.timeout);
    throw error;
  }
}

/** A WebSocket that was not opened says nothing of why: what serves it is asked, over the same TLS. Throws what it says. */
async function askWhy(address: string, authority: Authority | undefined, timeout = 5_000): Promise<void> {
  try {
    await fetchBelieving(authority, address.replace(/^ws/, "http"), {
      method: "HEAD",
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { cause } = error instanceof Error ? error : {};
    if (cause instanceof Error) throw new ConnectionError(cause.message, { cause });
  }
}
