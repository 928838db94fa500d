/** The page's connection: sought for as long as the page is open, and given up only where nats-server refuses it. */
import { type ConnectionOptions, errors, type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { inboxPrefix } from "@natster/contracts/borders";
import type { UserKey } from "@natster/contracts";
import { heldBackoff, jitteredBackoff } from "@natster/micro/backoff";

/** Who connects, and how that is proved. */
export interface Login {
  readonly user: UserKey;
  /** When nats-server lets it in no more, in milliseconds since 1970. */
  readonly expires?: number;
  readonly proofs: Required<Pick<ConnectionOptions, "authenticator">> & {
    readonly wsFactory?: unknown;
    /** Leaves the socket that there is as if its other end had closed it. */
    readonly leave?: () => void;
  };
}

export type NatsState =
  | { readonly state: "looking"; readonly since: number }
  | { readonly state: "connected"; readonly connection: NatsConnection }
  | { readonly state: "ended"; readonly why: "expired" | "refused" };

/** A connection that can be watched. */
export interface Nats {
  readonly state: () => NatsState;
  /** Calls back after every change, until the returned function is called. */
  readonly watch: (changed: () => void) => () => void;
  /** Looks at once whether the connection still stands, and seeks another where it does not answer. */
  readonly wake: () => Promise<void>;
  readonly close: () => void;
}

/** Where NATS is, as seen from the page: its own origin, under its own path. */
export const natsUrl = (page: string): string => new URL("nats", page).href.replace(/^http/, "ws");

/** Connects as a device. */
export function openNats(device: Login, url: string, dial = wsconnect): Nats {
  const watchers = new Set<() => void>();
  const pause = heldBackoff(jitteredBackoff(500, 2_000));
  let state: NatsState = { state: "looking", since: Date.now() };
  let current: NatsConnection | undefined;
  let closed = false;

  const become = (next: NatsState) => {
    if (closed) return;
    state = next;
    for (const watcher of watchers) watcher();
  };
  const look = () => {
    // Each dial that fails is another end of the same connection.
    if (state.state !== "looking") become({ state: "looking", since: Date.now() });
  };

  /** Connects once and stays until the connection ends; resolves with the reason. */
  const stay = async (): Promise<unknown> => {
    try {
      const connection = await dial(options(device, url, pause.next));
      current = connection;
      if (closed) return await connection.close();
      pause.reset();
      become({ state: "connected", connection });
      for await (const { type } of connection.status()) {
        // Closed in order, a socket waits for an answer of whoever has fallen silent.
        if (type === "staleConnection" || type === "forceReconnect") device.proofs.leave?.();
        if (type === "reconnecting") pause.tried();
        if (type === "disconnect") look();
        if (type !== "reconnect") continue;
        pause.reset();
        become({ state: "connected", connection });
      }
      return await connection.closed();
    } catch (error) {
      return error;
    }
  };

  const run = async () => {
    for (let refusals = 0; !closed;) {
      const reason = await stay();
      refusals = isRefusal(reason) ? refusals + 1 : 0;
      const expired = device.expires !== undefined && device.expires <= Date.now();
      if (expired) return become({ state: "ended", why: "expired" });
      // An account that is new or changes is refused for a moment.
      if (refusals === 3) return become({ state: "ended", why: "refused" });
      look();
      await new Promise((resolve) => setTimeout(resolve, pause.next()));
      pause.tried();
    }
  };
  void run();

  return {
    state: () => state,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    async wake() {
      if (state.state !== "connected") return;
      const { connection } = state;
      const answered = await Promise.race([connection.rtt().then(isTrue, isFalse), passed(3_000)]);
      if (!answered && !connection.isClosed()) await connection.reconnect().catch(() => undefined);
    },
    close() {
      closed = true;
      watchers.clear();
      void current?.close();
    },
  };
}

const options = ({ proofs, user }: Login, url: string, pause: () => number): ConnectionOptions => ({
  servers: [url],
  name: "page",
  ...proofs,
  inboxPrefix: inboxPrefix(user),
  maxReconnectAttempts: -1,
  reconnectDelayHandler: pause,
  // Addresses that servers tell of one another lead past the page's origin, where its policy lets it go nowhere.
  ignoreClusterUpdates: true,
  // Whoever says nothing is given up after half a minute.
  pingInterval: 10_000,
});

const isTrue = () => true;
const isFalse = () => false;
const passed = (milliseconds: number): Promise<false> =>
  new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));

/** A server that is busy says that proving took too long; that refuses nobody. */
const isRefusal = (reason: unknown): boolean =>
  (reason instanceof errors.AuthorizationError && !/timeout/i.test(reason.message)) ||
  reason instanceof errors.UserAuthenticationExpiredError;
