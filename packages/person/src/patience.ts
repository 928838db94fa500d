/**
 * How long a device that nats-server refuses goes on asking. nats-server says the same to a device that was revoked, to
 * one whose account it has not been told of yet, and to all of them while its resolver is rebuilt: so a refusal is
 * waited out, and believed only when there has been nothing else for a long while. To a device that is connected while it
 * is revoked it says so, and that is believed at once.
 */
import { errors, type NatsConnection } from "@nats-io/nats-core";
import type { UnixTime } from "@natster/contracts";

/** The account that this device belongs to has revoked it: it is let in never again. */
export class DeviceRevokedError extends Error {
  override readonly name = "DeviceRevokedError";

  constructor() {
    super("this device was revoked");
  }
}

/** What ends a device's patience. */
export interface Patience {
  /** When its JWT runs out; no patience helps after that. */
  readonly expires?: UnixTime | undefined;
  /** Milliseconds of nothing but refusals after which it believes them; an hour where nothing is said. */
  readonly lasts?: number | undefined;
}

const anHour = 60 * 60_000;
/** Refusals that are further apart are not one: nats-server was away in between, or let the device in. */
const longestGap = 3 * 60_000;
/** So many at the least, however little patience there is. */
const fewest = 3;

/** Counts refusals. */
export class Refusals {
  readonly #patience: Patience;
  #since = 0;
  #last = -Infinity;
  #count = 0;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Takes one in, at a time in milliseconds since 1970; whether the device gives up with it. */
  add(now: number): boolean {
    const { expires, lasts = anHour } = this.#patience;
    if (now - this.#last > longestGap) [this.#since, this.#count] = [now, 0];
    this.#last = now;
    this.#count += 1;
    if (expires !== undefined && expires * 1_000 <= now) return true;
    return this.#count >= fewest && now - this.#since >= lasts;
  }

  /** It was let in. */
  forget(): void {
    this.#last = -Infinity;
  }
}

/** The pauses of somebody who looks for nats-server. */
export interface Pause {
  readonly next: () => number;
  /** It was found: the next search begins anew. */
  readonly reset: () => void;
}

/**
 * A quarter of how long it has been looked for, between a quarter of a second and half a minute, each drawn from its upper
 * half so that a crowd does not return at once. The library asks several times for each try, so nothing counts the asking.
 */
export function pausing(clock: () => number = Date.now): Pause {
  let since: number | undefined;
  return {
    next: () => {
      since ??= clock();
      const pause = Math.min(30_000, Math.max(250, (clock() - since) / 4));
      return pause / 2 + (Math.random() * pause) / 2;
    },
    reset: () => {
      since = undefined;
    },
  };
}

/**
 * Closes a connection that is refused for longer than its device's patience lasts, or whose device is revoked. Resolves
 * when it is closed, with what ended it where nobody here did.
 */
export async function endWhenRefused(
  connection: NatsConnection,
  patience: Patience,
  letIn: () => void,
): Promise<Error | undefined> {
  const refusals = new Refusals(patience);
  let why: Error | undefined;
  for await (const status of connection.status()) {
    if (status.type === "reconnect") {
      refusals.forget();
      letIn();
    } else if (status.type === "error" && why === undefined) {
      if (isRevoked(status.error)) why = new DeviceRevokedError();
      else if (isRefusal(status.error) && refusals.add(Date.now())) why = status.error;
      if (why) await connection.close();
    }
  }
  return why ?? (await connection.closed()) ?? undefined;
}

/** What nats-server says to a device that it cuts off because of it; the library knows it by its text alone. */
const isRevoked = (error: Error): boolean => /^'?user authentication revoked/i.test(error.message);

/** What nats-server says where an account has as many connections as it may, and one that is suspended may have none. */
export const isShut = (error: Error): boolean => /maximum account active connections exceeded/i.test(error.message);

/** A server that is busy says that proving took too long; that refuses nobody. */
export const isRefusal = (error: unknown): boolean =>
  (error instanceof errors.AuthorizationError && !/timeout/i.test(error.message)) ||
  error instanceof errors.UserAuthenticationExpiredError;
