/** A connection to nats-server that is made once and comes back for ever. */
import { readFileSync } from "node:fs";
import { connect as dial, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import type { Logger } from "./log.ts";

/** The nats-server is too old for what Natster needs of it. */
export class ServerTooOldError extends Error {
  override readonly name = "ServerTooOldError";
}

/** The oldest nats-server that has everything: consumer reset came with 2.14. */
export const oldestServer = "2.14.0";

/** How to connect. */
export interface ConnectOptions {
  readonly servers: string | string[];
  /** The content of a creds file, or its path. */
  readonly creds: string | { readonly file: string };
  readonly name: string;
  readonly log: Logger;
}

/**
 * Connects, waiting for a server that is not there yet and saying what it waits for. Replies come to an inbox of this
 * user alone. A lost connection is sought again for ever, with a jittered pause that grows to ten seconds.
 * Throws `ServerTooOldError` where the server lacks what is needed.
 */
export async function connect({ servers, creds, name, log }: ConnectOptions): Promise<NatsConnection> {
  const text = typeof creds === "string" ? creds : readFileSync(creds.file, "utf8");
  const pause = jitteredBackoff();
  const waiting = setTimeout(() => log.info({ servers }, "waiting for nats-server"), 1_000);
  try {
    const connection = await dial({
      servers,
      name,
      authenticator: credsAuthenticator(new TextEncoder().encode(text)),
      inboxPrefix: `_INBOX.${userIn(text)}`,
      maxReconnectAttempts: -1,
      reconnectDelayHandler: pause.next,
      waitOnFirstConnect: true,
      // An account that is suspended for a while must not end its service for good.
      ignoreAuthErrorAbort: true,
    });
    const version = connection.info?.version ?? "0.0.0";
    if (compareVersions(version, oldestServer) < 0) {
      await connection.close();
      throw new ServerTooOldError(`nats-server is ${version}; Natster needs ${oldestServer} or newer`);
    }
    void report(connection, log, pause.reset);
    return connection;
  } finally {
    clearTimeout(waiting);
  }
}

/** Says what happens to a connection, until it closes. */
async function report(connection: NatsConnection, log: Logger, reset: () => void): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === "reconnect") reset();
    if (status.type === "disconnect") log.warn("lost nats-server, looking for it");
    else if (status.type === "reconnect") log.info({ server: status.server }, "found nats-server again");
    else if (status.type === "error") log.error({ err: status.error }, "nats-server refused something");
  }
}

/** A pause that doubles from 100 ms to 10 s, each drawn from its upper half so that a crowd does not return at once. */
export function jitteredBackoff(first = 100, most = 10_000): { next: () => number; reset: () => void } {
  let bound = first;
  return {
    next: () => {
      const pause = bound / 2 + (Math.random() * bound) / 2;
      bound = Math.min(most, bound * 2);
      return pause;
    },
    reset: () => {
      bound = first;
    },
  };
}

/** The user's public key that a creds file is for. */
function userIn(creds: string): string {
  const jwt = /-----BEGIN NATS USER JWT-----\s*(\S+)/.exec(creds)?.[1];
  const claims = jwt?.split(".")[1];
  if (!claims) throw new TypeError("not a creds file");
  return (JSON.parse(Buffer.from(claims, "base64url").toString()) as { sub: string }).sub;
}

/** Compares two versions `x.y.z…` by their numbers. */
export function compareVersions(one: string, other: string): number {
  const numbers = (version: string) => version.split(/[.-]/).slice(0, 3).map(Number);
  const [a, b] = [numbers(one), numbers(other)];
  return a.map((part, index) => part - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
