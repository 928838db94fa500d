/** How a system is reached: over TCP, or through its page's own origin. */
import { ConnectionError, type ConnectionOptions, type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { dial as connect } from "@natster/micro/transport";
import type { Place } from "@natster/person";
import type { Settings } from "../context/context.ts";

/** The system of a context; what answers slowly is waited for so many milliseconds. */
export const placeOf = (
  { servers, platform, lobby }: Pick<Settings, "servers" | "platform" | "lobby">,
  timeout: number,
): Place => ({
  servers,
  platform,
  lobby,
  dial: (options) => dial({ ...options, timeout }),
});

/**
 * A WebSocket where the address says so, and nothing without TLS where it says `tls:`: nobody who takes TLS away on the way
 * is told who is there. A list is of one kind: it is of one system, seen from one place.
 */
const dial = (options: ConnectionOptions): Promise<NatsConnection> => {
  const [first = ""] = [options.servers ?? []].flat();
  if (/^wss?:/.test(first))
    return wsconnect(options).catch(async (error: unknown) => {
      throw (error instanceof ConnectionError && (await whyClosed(first, options.timeout))) || error;
    });
  return connect(first.startsWith("tls:") ? { ...options, tls: {} } : options);
};

/** A WebSocket that was not opened says nothing of why: what serves it is asked, over the same TLS. */
async function whyClosed(address: string, timeout = 5_000): Promise<ConnectionError | undefined> {
  try {
    await fetch(address.replace(/^ws/, "http"), { method: "HEAD", signal: AbortSignal.timeout(timeout) });
    return undefined;
  } catch (error) {
    const { cause } = error instanceof Error ? error : {};
    return cause instanceof Error ? new ConnectionError(cause.message, { cause }) : undefined;
  }
}
