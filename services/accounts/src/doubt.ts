/**
 * When nobody can know what nats-server has of the accounts, and all of them are compared with the log again.
 *
 * What a process still has to push, it only remembers; when it dies, nothing says what that was. And a nats-server that
 * was away may have lost what it was told.
 */
import type { Logger } from "@natster/micro";
import type { RunningProjection } from "@natster/micro/projector";
import type { NatsConnection } from "@nats-io/nats-core";

export interface DoubtOptions {
  /** Where account JWTs are pushed. */
  readonly connection: Pick<NatsConnection, "status">;
  readonly projection: Pick<RunningProjection<unknown>, "writer">;
  readonly reconcileAll: () => Promise<void>;
  readonly log: Logger;
}

/** How often it is asked who pushes, in milliseconds: one request, whatever the number of accounts. */
const often = 1_000;

/**
 * Has every account compared when the one that pushed is no longer the one that does, and when nats-server is back after
 * it was lost; until it is disposed of. Each instance does it that notices, whoever takes over: an idle durable is
 * pinned to nobody after its holder is gone, and two that push the same push it byte for byte.
 */
export function reconcileInDoubt({ connection, projection, reconcileAll, log }: DoubtOptions): Disposable {
  let pusher: string | undefined;
  let wasAway = false;
  let looking = false;
  let failing = false;

  const look = async () => {
    const now = await projection.writer();
    const isGone = pusher !== undefined && now !== pusher;
    if (isGone || wasAway) {
      log.info({ pusher: now, was: pusher, wasAway }, "comparing every account with what nats-server has");
      wasAway = false;
      await reconcileAll().catch((error: unknown) => {
        wasAway = true;
        throw error;
      });
    }
    pusher = now;
  };

  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .then(() => (failing = false))
      .catch((err: unknown) => {
        // Said once: what fails for long fails for the same reason.
        if (!failing) log.warn({ err }, "cannot compare every account yet");
        failing = true;
      })
      .finally(() => (looking = false));
  }, often);
  void (async () => {
    for await (const { type } of connection.status()) if (type === "reconnect") wasAway = true;
  })();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
