/**
 * Reconciling: what nats-server has of an account is compared with what the log says, and pushed where they differ.
 * Level-triggered, so that it may be asked for at any time, any number of times.
 */
import type { AccountKey } from "@natster/contracts";
import { accountJwt, type Key, readJwt, type SignedClaims } from "@natster/trust";
import type { Gathered } from "./state.ts";
import type { Resolver } from "./resolver.ts";

export interface Reconciler {
  /** Brings nats-server up to what the log says of an account; one push at a time per account. */
  now(account: AccountKey): Promise<void>;
  /**
   * The same within a second, and for all that asked meanwhile at once: pushing an owner makes nats-server forget the
   * replies in flight on its exports, so it is done rarely.
   */
  soon(account: AccountKey): void;
  /** Whether nats-server has what the log says of an account. */
  isApplied(account: AccountKey): Promise<boolean>;
  /** Does at once what is still to be done soon. */
  flush(): Promise<void>;
}

export interface ReconcilerOptions {
  readonly gather: (account: AccountKey) => Promise<Gathered | undefined>;
  readonly resolver: Resolver;
  /** The key that signs at this moment. */
  readonly signer: () => Key<"operator">;
  readonly platform: AccountKey;
  readonly onFault: (account: AccountKey, error: unknown) => void;
}

/** How long an owner's push waits for others of the same owner, in milliseconds. */
const coalesce = 1_000;

/**
 * `iat` orders the JWTs of an account, and nothing else reads it: it is this date plus the sequence of the last event
 * that had a part in it, so that rendering needs no clock and an older JWT is known by being older.
 */
const epoch = Date.UTC(2026, 0, 1) / 1000;

/** What says the same by another key, or something else in the same place, is later than what is there. */
const later = (version: number, there: SignedClaims | undefined, { public: key }: Key<"operator">): number =>
  there && (there.iss !== key || there.iat === version) ? Math.max(version, there.iat + 1) : version;

export function createReconciler({ gather, resolver, signer, platform, onFault }: ReconcilerOptions): Reconciler {
  const queues = new Map<AccountKey, Promise<unknown>>();
  const waiting = new Map<AccountKey, NodeJS.Timeout>();

  const compare = async (account: AccountKey): Promise<{ equal: boolean; jwt?: string }> => {
    const gathered = await gather(account);
    if (!gathered) return { equal: false };
    const key = signer();
    const render = (issuedAt: number) => accountJwt(gathered.state, { signer: key, platform, issuedAt });
    const there = await resolver.lookup(account);
    const read = there === undefined ? undefined : readJwt(there);
    const issued = read?.refused === undefined ? read : undefined;
    // The same state at the same time makes the same text, byte for byte, also in its signature.
    const equal = issued !== undefined && render(issued.iat) === there;
    return equal ? { equal } : { equal, jwt: render(later(epoch + gathered.version, issued, key)) };
  };

  /** One after another for each account: concurrent pushes of one account can undo one another. */
  const inTurn = <T>(account: AccountKey, work: () => Promise<T>): Promise<T> => {
    const turn = (queues.get(account) ?? Promise.resolve()).then(work);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (queues.get(account) === settled) queues.delete(account);
      });
    queues.set(account, settled);
    return turn;
  };

  const now = (account: AccountKey) =>
    inTurn(account, async () => {
      const { jwt } = await compare(account);
      if (jwt) await resolver.push(jwt);
    });

  const soon = (account: AccountKey, pause = coalesce) => {
    if (waiting.has(account)) return;
    waiting.set(
      account,
      setTimeout(() => {
        waiting.delete(account);
        now(account).catch((error: unknown) => {
          onFault(account, error);
          soon(account, 5 * coalesce);
        });
      }, pause),
    );
  };

  return {
    now,
    soon,
    isApplied: async (account) => (await compare(account)).equal,
    async flush() {
      const accounts = [...waiting.keys()];
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
      await Promise.allSettled([...accounts.map(now), ...queues.values()]);
    },
  };
}
