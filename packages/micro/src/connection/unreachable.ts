/** Failures that are nobody's fault: what a service depends on could not be reached. */
import { JetStreamApiError } from "@nats-io/jetstream";
import { JetStreamStatusError, jserrors } from "@nats-io/jetstream/internal";
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

/** What JetStream answers while it has too much to do, or no leader: "too many requests" and "unavailable". */
const notNow = new Set([429, 503]);

/** The same message was published already and is not stored yet, as in a cluster that is looking for a leader. */
const inProcess = 10158;

/** Whether it was nats-server or one of its streams that did not answer, or not now. Asking again may well succeed. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return notNow.has(error.status) || error.code === inProcess;
  // A batch of direct gets is answered by a status alone, and by this one where nobody has the stream yet.
  if (error instanceof JetStreamStatusError) return notNow.has(error.code);
  return kinds.some((kind) => error instanceof kind);
}
