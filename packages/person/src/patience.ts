/**
 * How long a device that nats-server refuses goes on asking. nats-server says the same to a device that was revoked, to
 * one whose account it has not been told of yet, and to all of them while its resolver is rebuilt: so a refusal is
 * waited out, and believed only when there has been nothing else for a long while.
 */
import { errors, type NatsConnection } from "@nats-io/nats-core";
import type { UnixTime } from "@natster/contracts";

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

/** Closes a connection that is refused for longer than its device's patience lasts. Resolves when it is closed. */
export async function endWhenRefused(connection: NatsConnection, patience: Patience, letIn: () => void): Promise<void> {
  const refusals = new Refusals(patience);
  for await (const status of connection.status()) {
    if (status.type === "reconnect") {
      refusals.forget();
      letIn();
    } else if (status.type === "error" && isRefusal(status.error) && refusals.add(Date.now())) {
      await connection.close();
    }
  }
}

/** A server that is busy says that proving took too long; that refuses nobody. */
const isRefusal = (error: Error): boolean =>
  (error instanceof errors.AuthorizationError && !/timeout/i.test(error.message)) ||
  error instanceof errors.UserAuthenticationExpiredError;
