/** Whether nats-server enforces already what was recorded: asked by people who wait for a command to take effect. */
import type { AccountKey } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { type Handler, isRefusal, kitRefusal } from "@natster/micro";
import type { Reconciler } from "./reconcile.ts";

/** How many may wait at the same time: of one account, and of newcomers, who all come as one. */
const mostWaiting = { account: 64, newcomers: 1_024 } as const;

/** A comparison that is under way, and the one that begins when it is over. */
interface Looking {
  readonly running: Promise<boolean>;
  next?: Promise<boolean>;
}

export function applied(
  caughtUp: (after: number) => Promise<void>,
  { isApplied }: Pick<Reconciler, "isApplied">,
): Handler<typeof accounts, "applied"> {
  const waiting = new Map<AccountKey, number>();
  const looking = new Map<AccountKey, Looking>();

  /** Looks once for all who ask of the same account while it is looked for others: what has begun may have read older rows. */
  const look = (account: AccountKey): Promise<boolean> => {
    const begin = () => {
      const begun: Looking = {
        running: isApplied(account).finally(() => {
          if (!begun.next) looking.delete(account);
        }),
      };
      looking.set(account, begun);
      return begun.running;
    };
    const under = looking.get(account);
    return under ? (under.next ??= under.running.then(begin, begin)) : begin();
  };

  async function wait(account: AccountKey, after: number): Promise<boolean> {
    const until = Date.now() + 2_000;
    try {
      await caughtUp(after);
    } catch (error) {
      if (isRefusal(error, "behind")) return false;
      throw error;
    }
    for (;;) {
      if (await look(account)) return true;
      if (Date.now() >= until) return false;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  return async ({ caller, request: { account, after } }) => {
    const most = caller.newcomer ? mostWaiting.newcomers : mostWaiting.account;
    const others = waiting.get(caller.account) ?? 0;
    if (others >= most) throw kitRefusal("too_many_requests");
    waiting.set(caller.account, others + 1);
    try {
      return { applied: await wait(account, after) };
    } finally {
      const left = (waiting.get(caller.account) ?? 1) - 1;
      if (left > 0) waiting.set(caller.account, left);
      else waiting.delete(caller.account);
    }
  };
}
