/** How much an account may use. Limits are always written out: what is missing counts as zero. */
import type { AccountLimits, JetStreamLimits, NatsLimits } from "@nats-io/jwt";

/** What can be set for one person's account; -1 is unlimited. */
export interface PersonLimits {
  /** Connections at the same time, over all devices. */
  readonly conn: number;
  /** Subscriptions of one connection. */
  readonly subs: number;
  /** Bytes of one message; -1 leaves it to nats-server's `max_payload`. */
  readonly payload: number;
}

const defaultPersonLimits: PersonLimits = { conn: 64, subs: 1000, payload: -1 };
export const defaultLobbyLimits: PersonLimits = { conn: 1000, subs: 10, payload: 64 * 1024 };

/** What differs from the usual limits. */
export type OtherLimits = { readonly [K in keyof PersonLimits]?: PersonLimits[K] | undefined };

/** The usual limits, but for what differs. */
export const withDefaults = ({ conn, subs, payload }: OtherLimits = {}): PersonLimits => ({
  conn: conn ?? defaultPersonLimits.conn,
  subs: subs ?? defaultPersonLimits.subs,
  payload: payload ?? defaultPersonLimits.payload,
});

type Limits = NatsLimits & AccountLimits & JetStreamLimits;

/**
 * The limits of accounts that people use: no stream, no leaf node, no bearer token. Imports and exports are unlimited
 * here because only the operator writes them: a number could but make nats-server refuse the whole JWT.
 */
export const personLimits = ({ conn, subs, payload }: PersonLimits): Limits => ({
  subs,
  data: -1,
  payload,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn,
  leaf: 0,
  disallow_bearer: true,
  ...jetStream(0),
});

/** The limits of an account that is suspended, closed or unknown: nobody connects. */
export const noLimits: Limits = { ...personLimits({ conn: 0, subs: 0, payload: 0 }), imports: 0, exports: 0 };

/** The limits of the operator's own accounts, with or without JetStream. */
export const operatorLimits = ({ streams }: { streams: boolean }): Limits => ({
  ...personLimits({ conn: -1, subs: -1, payload: -1 }),
  leaf: -1,
  ...jetStream(streams ? -1 : 0),
});

/** Zero switches JetStream off; -1 leaves it to what nats-server has. */
function jetStream(limit: 0 | -1): JetStreamLimits {
  return {
    mem_storage: limit,
    disk_storage: limit,
    streams: limit,
    consumer: limit,
    max_ack_pending: limit,
    mem_max_stream_bytes: limit,
    disk_max_stream_bytes: limit,
    max_bytes_required: false,
  };
}
