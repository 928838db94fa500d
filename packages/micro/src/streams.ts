/** JetStream as a service reaches it: by the name under which the account of the streams offers its API to others. */
import { streamsApi } from "@natster/contracts/borders";
import { jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";

/** Publishes and consumes. */
export const streams = (connection: NatsConnection): JetStreamClient =>
  jetstream(connection, { apiPrefix: streamsApi });

/** Reads streams and looks after consumers. What the account's JetStream is in all is no service's business. */
export const streamsManager = (connection: NatsConnection): Promise<JetStreamManager> =>
  jetstreamManager(connection, { apiPrefix: streamsApi, checkAPI: false });
