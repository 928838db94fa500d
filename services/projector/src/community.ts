import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";

/** `natster.library.stats`: how many of each kind there are. */
export const community =
  ({ stats }: Library): Handler<typeof projector, "stats"> =>
  async ({ request }) => {
    await stats.caughtUp(request.after);
    const count = async (kind: "accounts" | "catalogs" | "shares") => {
      // What ended is counted first: it began before, so that there are never fewer than none.
      const ended = await stats.rows.count(`${kind}.ended.*`);
      const ever = await stats.rows.count(`${kind}.began.*`);
      return { now: ever - ended, ever };
    };
    const [accounts, catalogs, shares] = await Promise.all([count("accounts"), count("catalogs"), count("shares")]);
    return { accounts, catalogs, shares };
  };
