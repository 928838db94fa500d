/**
 * Reconciling: what nats-server has of an account is compared with what the log says, and pushed where they differ.
 * Level-triggered, so that it may be asked for at any time, any number of times.
 */
import type { AccountKey } from "@natster/contracts";
import { atMost } from "@natster/micro/at-most";
import { accountJwt, type Key, readJwt } from "@natster/trust";
import * as z from "zod";
import type { Gathered } from "./state.ts";
import { PushRefusedError, type Resolver } from "./resolver.ts";

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
  /** How many imports nats-server would not take. */
  readonly refused: number;
  /** How many accounts nats-server would not take as the log has them, when it was last told of each. */
  readonly refusedAccounts: number;
  /** How many accounts nats-server has still to be told of, or could not be told of yet. */
  readonly waiting: number;
  /** Does at once what is still to be done soon. */
  flush(): Promise<void>;
}

export interface ReconcilerOptions {
  readonly gather: (account: AccountKey) => Promise<Gathered | undefined>;
  readonly resolver: Resolver;
  /** The key that signs at this moment; where there is none, nothing is pushed, and nothing counts as applied. */
  readonly signer: () => Key<"operator"> | undefined;
  readonly platform: AccountKey;
  readonly onFault: (account: AccountKey, error: unknown) => void;
  /** Told, once, of an import for whose sake nats-server refused all of an account JWT, and for what reason. */
  readonly onRefused: (account: AccountKey, refused: Import, reason: string) => void;
}

type Import = Gathered["state"]["imports"][number];

interface Comparison {
  /** The imports that it is to have; all that nats-server was not seen to refuse, unless given. */
  readonly among?: readonly Import[];
  /** The date that it is later than, where nats-server has none. */
  readonly after?: number;
}

/**
 * How many accounts are compared at the same time: each takes a dozen requests, and where a batch of events concerns
 * thousands, all at once would find none answered in time, and begin anew for ever.
 */
const atOnce = 16;

/**
 * How many of those that can wait are compared at the same time, beside those. All accounts are compared where nobody knows
 * what nats-server has; whoever registers meanwhile does not wait behind them.
 */
const besides = 4;

/** How long an owner's push waits for others of the same owner, in milliseconds. */
const coalesce = 1_000;

/**
 * `iat` orders the JWTs of an account, and nothing else reads it: it is this date plus the sequence of the last event
 * that had a part in it, so that rendering needs no clock and an older JWT is known by being older.
 */
const epoch = Date.UTC(2026, 0, 1) / 1000;

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { gather, resolver, signer, platform, onFault, onRefused } = options;
  /** Grants that nats-server would not take. It says so again whenever it is asked anew, after a restart. */
  const refused = new Set<string>();
  const refusedAccounts = new Set<AccountKey>();
  const queues = new Map<AccountKey, Promise<unknown>>();
  const waiting = new Map<AccountKey, NodeJS.Timeout>();
  const few = atMost(atOnce);
  const fewBesides = atMost(besides);

  /** What nats-server has of an account, and what it is to have where that is something else. */
  const compare = async (account: AccountKey, { among, after = 0 }: Comparison = {}) => {
    const gathered = await gather(account);
    const key = signer();
    if (!gathered || !key) return { equal: false };
    const imports = (among ?? gathered.state.imports).filter(({ grant }) => !refused.has(grant ?? ""));
    const render = (issuedAt: number) =>
      accountJwt({ ...gathered.state, imports }, { signer: key, platform, issuedAt });
    const there = await resolver.lookup(account);
    const read = there === undefined ? undefined : readJwt(there);
    const known = read?.refused === undefined ? read : undefined;
    // The same state at the same time makes the same text, byte for byte, also in its signature.
    if (known && render(known.iat) === there) return { equal: true };
    // What says the same by another key, or something else of the same events, is later than what is there.
    const issuedAt = Math.max(epoch + gathered.version, (known?.iat ?? after) + 1);
    return { equal: false, imports, there, issuedAt, jwt: render(issuedAt) };
  };

  const push = async (account: AccountKey, among: readonly Import[]): Promise<void> => {
    const { jwt } = await compare(account, { among });
    if (jwt) await resolver.push(jwt);
  };

  /**
   * One bad grant makes nats-server refuse the whole JWT, which it should never come to: `share` looks at each as
   * nats-server does. All but the bad ones are pushed, which are found by halves; what stands is left standing.
   */
  const pushAllButBad = async (account: AccountKey, imports: readonly Import[], there: string | undefined) => {
    const held = importsIn(there);
    const stands = ({ grant }: Import) => grant === undefined || held.has(grant);
    const good = imports.filter(stands);
    // What is refused as it stands is not refused for the sake of an import.
    await push(account, good);
    const admit = async (some: readonly Import[]): Promise<void> => {
      try {
        await push(account, [...good, ...some]);
        good.push(...some);
      } catch (error) {
        if (!isOfJwt(error)) throw error;
        const [only] = some;
        if (some.length > 1) {
          await admit(some.slice(0, some.length / 2));
          await admit(some.slice(some.length / 2));
        } else if (only?.grant !== undefined) {
          refused.add(only.grant);
          onRefused(account, only, error.message);
        }
      }
    };
    await admit(imports.filter((each) => !stands(each)));
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

  const bring = async (account: AccountKey): Promise<void> => {
    const { jwt, imports = [], there, issuedAt } = await compare(account);
    if (!jwt) return;
    try {
      await resolver.push(jwt);
    } catch (error) {
      if (!isOfJwt(error) || imports.length === 0) throw error;
      await pushAllButBad(account, imports, there);
    }
    // Whoever pushed before this process, and is late, is overtaken by what the log says by now. And what nats-server
    // remembers it takes for stored, though its file be gone: told the same with a later date, it stores that.
    const { jwt: missing } = await compare(account, { after: issuedAt });
    if (!missing) return;
    await resolver.push(missing);
    if ((await resolver.lookup(account)) === undefined) {
      throw new PushRefusedError("nats-server says that it has stored it, and has it not");
    }
  };

  /** The same, and remembers whether nats-server would have it. */
  const bringOrNote = async (account: AccountKey): Promise<void> => {
    try {
      await bring(account);
      refusedAccounts.delete(account);
    } catch (error) {
      if (error instanceof PushRefusedError) refusedAccounts.add(account);
      throw error;
    }
  };

  // Who waits in line holds up nobody else of the same account.
  const now = (account: AccountKey) => few(() => inTurn(account, () => bringOrNote(account)));
  const inLine = new Set<Promise<void>>();
  const besidesNow = (account: AccountKey) => {
    const work = fewBesides(() => inTurn(account, () => bringOrNote(account))).finally(() => inLine.delete(work));
    inLine.add(work);
    return work;
  };

  const soon = (account: AccountKey, pause = coalesce) => {
    if (waiting.has(account)) return;
    waiting.set(
      account,
      setTimeout(() => {
        waiting.delete(account);
        besidesNow(account).catch((error: unknown) => {
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
    get refused() {
      return refused.size;
    },
    get refusedAccounts() {
      return refusedAccounts.size;
    },
    get waiting() {
      return waiting.size + inLine.size;
    },
    async flush() {
      const accounts = [...waiting.keys()];
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
      await Promise.allSettled([...accounts.map(now), ...inLine, ...queues.values()]);
    },
  };
}

const Imports = z.object({ nats: z.object({ imports: z.array(z.object({ token: z.string().optional() })) }) });

/** The grants that an account JWT holds. */
const importsIn = (jwt: string | undefined): ReadonlySet<string> =>
  new Set(Imports.safeParse(jwt && readJwt(jwt)).data?.nats.imports.flatMap(({ token }) => token ?? []));

/** Whether nats-server refused a JWT for what it says. */
const isOfJwt = (error: unknown): error is PushRefusedError => error instanceof PushRefusedError && error.isOfJwt;
