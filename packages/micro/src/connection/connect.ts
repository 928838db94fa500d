/** A connection to nats-server that is made once and comes back for ever. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { UserKey } from "@natster/contracts";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { dial } from "./transport.ts";
import * as z from "zod";
import { readClaims } from "./claims.ts";
import { reasonOf } from "../reason.ts";
import { ConfigError } from "../service/config.ts";
import type { Logger } from "../service/log.ts";
import { type Backoff, type HeldBackoff, heldBackoff, jitteredBackoff } from "./backoff.ts";

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
  /** How long it waits between tries, in milliseconds; jittered, and growing to ten seconds, where nothing is said. */
  readonly pause?: Backoff;
  /** Ends the waiting for a server that is not there yet; a connection that is made goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects, waiting for a server that is not there yet, or does not let it in yet, and saying what it waits for. Replies
 * come to an inbox of this user alone. A lost connection is sought again for ever, with a jittered pause that grows to
 * ten seconds.
 * Throws `ConfigError` where the creds cannot be read, `ServerTooOldError` where the server lacks what is needed, and the
 * signal's reason.
 */
export async function connect(options: ConnectOptions): Promise<NatsConnection> {
  const { servers, name, log, pause = jitteredBackoff(), signal } = options;
  const { text, user } = readCreds(options.creds);
  const held = heldBackoff(pause);
  const knock = () =>
    dial({
      servers,
      name,
      authenticator: credsAuthenticator(new TextEncoder().encode(text)),
      inboxPrefix: `_INBOX.${user}`,
      maxReconnectAttempts: -1,
      reconnectDelayHandler: held.next,
      // An account that is suspended for a while must not end its service for good.
      ignoreAuthErrorAbort: true,
      // The library would take a stack trace for every request, a third of what asking costs.
      noAsyncTraces: true,
    });
  const connection = await untilLetIn(
    knock,
    pause,
    (why) => log.warn({ servers, why }, "waiting for nats-server"),
    signal,
  );
  const version = connection.info?.version ?? "0.0.0";
  if (compareVersions(version, oldestServer) < 0) {
    await connection.close();
    throw new ServerTooOldError(`nats-server is ${version}; Natster needs ${oldestServer} or newer`);
  }
  held.reset();
  void report(connection, log, held);
  return connection;
}

/** Tries for ever. The library would do so too, but in silence: why it is not let in is told, once for each reason. */
async function untilLetIn<T>(
  knock: () => Promise<T>,
  pause: Backoff,
  tell: (why: string) => void,
  signal: AbortSignal | undefined,
): Promise<T> {
  const told = new Set<string>();
  const tellOnce = (why: string) => {
    if (!told.has(why)) tell(why);
    told.add(why);
  };
  // Where nats-server hangs up on a greeting that it does not like, the library knocks again without a word.
  const silent = setTimeout(() => tellOnce("it says nothing yet; its own log may say why"), 2_000);
  try {
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await knock();
      } catch (error) {
        tellOnce(reasonOf(error));
      }
      await pausing(pause.next(), signal);
    }
  } finally {
    clearTimeout(silent);
  }
}

/** Resolves after so many milliseconds, or when it is no use to wait any longer. */
const pausing = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(milliseconds, undefined, signal && { signal }).catch(() => {});

/** Says what happens to a connection, until it closes. */
async function report(connection: NatsConnection, log: Logger, pause: HeldBackoff): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === "reconnecting") pause.tried();
    if (status.type === "reconnect") pause.reset();
    if (status.type === "disconnect") log.warn("lost nats-server, looking for it");
    else if (status.type === "reconnect") log.info({ server: status.server }, "found nats-server again");
    else if (status.type === "error") log.error({ err: status.error }, "nats-server refused something");
  }
}

const UserClaims = z.object({ sub: UserKey });

/** The text of a creds file, and the user that it is for. */
function readCreds(creds: ConnectOptions["creds"]): { text: string; user: UserKey } {
  const text = typeof creds === "string" ? creds : readFile(creds.file);
  const jwt = /-----BEGIN NATS USER JWT-----\s*(\S+)/.exec(text)?.[1] ?? "";
  const claims = UserClaims.safeParse(readClaims(jwt));
  if (!claims.success) throw new ConfigError(`${typeof creds === "string" ? "creds" : creds.file}: no creds of a user`);
  return { text, user: claims.data.sub };
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`cannot read the creds file ${path}`, { cause });
  }
}

/** Compares two versions `x.y.z…` by their numbers. */
export function compareVersions(one: string, other: string): number {
  const numbers = (version: string) => version.split(/[.-]/).slice(0, 3).map(Number);
  const [a, b] = [numbers(one), numbers(other)];
  return a.map((part, index) => part - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
