/** Whether nats-server enforces already what was recorded: asked by people who wait for a command to take effect. */
import { accounts } from "@natster/contracts/accounts";
import { type Handler, isRefusal } from "@natster/micro";
import type { Reconciler } from "./reconcile.ts";

export const applied =
  (caughtUp: (after: number) => Promise<void>, reconciler: Reconciler): Handler<typeof accounts, "applied"> =>
  async ({ request: { account, after } }) => {
    const until = Date.now() + 2_000;
    try {
      await caughtUp(after);
    } catch (error) {
      if (isRefusal(error, "behind")) return { applied: false };
      throw error;
    }
    for (;;) {
      if (await reconciler.isApplied(account)) return { applied: true };
      if (Date.now() >= until) return { applied: false };
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
