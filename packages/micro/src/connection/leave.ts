/** The orderly end of a connection. */
import type { NatsConnection } from "@nats-io/nats-core";

/**
 * Whether nats-server is there. What asks it for something while it is away, and be it to forget a subscription, waits until
 * it is back, which for whoever ends may be never.
 */
export const isThere = (connection: NatsConnection): Promise<boolean> =>
  connection.rtt().then(
    () => true,
    () => false,
  );

/**
 * Sends what is still on its way, and closes. Where nats-server is away, or goes away meanwhile, it is closed all the same:
 * whoever ends does not fail because the other side ended first.
 */
export async function leave(connection: NatsConnection): Promise<void> {
  if (await isThere(connection)) await connection.drain().catch(() => {});
  await connection.close();
}
