/** Failures that are nobody's fault: what a service depends on could not be reached. */
import { jserrors } from "@nats-io/jetstream/internal";
import {
  ClosedConnectionError,
  ConnectionError,
  DrainingConnectionError,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from "@nats-io/nats-core";

const kinds = [
  ClosedConnectionError,
  ConnectionError,
  DrainingConnectionError,
  // JetStream's own "nobody answers": for a moment after nats-server has started.
  jserrors.JetStreamNotEnabled,
  NoRespondersError,
  RequestError,
  TimeoutError,
];

/** Whether it was nats-server or one of its streams that did not answer. Asking again may well succeed. */
export const isUnreachable = (error: unknown): boolean => kinds.some((kind) => error instanceof kind);
