/** What nats-servers say of what comes to an end by itself: their certificates, and the disk that they keep streams on. */
import { askServers } from "@natster/micro/servers";
import type { NatsConnection } from "@nats-io/nats-core";
import * as z from "zod";

const Secured = z.object({ tls_cert_not_after: z.iso.datetime({ offset: true }).optional() });

/** Of a server's answer, what is read here. */
export const Server = z.object({
  data: Secured.extend({
    cluster: Secured.optional(),
    websocket: Secured.optional(),
    jetstream: z.object({
      config: z.object({ max_storage: z.number() }).optional(),
      stats: z.object({ storage: z.number() }).optional(),
    }),
  }),
});

/** What `accounts` tells of all nats-servers together among its figures. */
export interface ServersFigures {
  /** When the first of their certificates ends, of those for clients, for routes and for WebSocket; in seconds since 1970. */
  readonly certificateEnds?: number;
  /** Which part of what it gives to streams the fullest has taken, from 0 to 1. */
  readonly storageFill?: number;
  /** How many keep no streams: JetStream is off on them, as it is where the disk was full. */
  readonly withoutStreams?: number;
}

/** Puts their answers together. */
export function figuresOf(servers: readonly z.infer<typeof Server>[]): ServersFigures {
  const certificates = servers.flatMap(({ data }) => [data, data.cluster, data.websocket]);
  const ends = certificates.flatMap((each) => each?.tls_cert_not_after ?? []).map((time) => Date.parse(time) / 1_000);
  const streams = servers.map(({ data }) => data.jetstream);
  const fills = streams.flatMap(({ config, stats }) => (config && stats ? stats.storage / config.max_storage : []));
  return {
    ...(ends.length > 0 && { certificateEnds: Math.min(...ends) }),
    ...(fills.length > 0 && { storageFill: Math.max(...fills) }),
    withoutStreams: streams.filter(({ config }) => !config).length,
  };
}

/** How often they are asked, in milliseconds. */
const often = 60_000;

/** Asks them now and then until it is disposed of; nothing is known where they may not be asked. */
export function watchServers(connection: NatsConnection): Disposable & { readonly figures: ServersFigures } {
  let figures: ServersFigures = {};
  const look = () => {
    askServers(connection, Server).then(
      (answers) => (figures = answers ? figuresOf(answers) : {}),
      // What was known of them stands; that none answers is told elsewhere.
      () => {},
    );
  };
  look();
  const timer = setInterval(look, often);
  return {
    get figures() {
      return figures;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
