import type { ReplyOf, RowOf } from "@natster/contracts";
import type { projector, stats as bucket } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { RowReader } from "@natster/micro/rows";
import type { Library } from "./library.ts";

type Figures = ReplyOf<(typeof projector)["endpoints"]["stats"]>;

/** For how long figures are told again, in milliseconds: counting costs nats-server about a second for a million rows. */
const stale = 10_000;

/**
 * `natster.library.stats`: how many of each kind there are. They are counted anew for who asks for something newer than
 * they are, and once for all who ask at the same time.
 */
export function community({ stats }: Pick<Library, "stats">): Handler<typeof projector, "stats"> {
  let counted = { at: Number.NEGATIVE_INFINITY, after: 0, figures: Promise.resolve<Figures | undefined>(undefined) };
  let counting: Promise<unknown> = Promise.resolve();

  return async ({ request: { after = 0 } }) => {
    await stats.caughtUp(after);
    await counting;
    const known = counted.after >= after && Date.now() - counted.at < stale ? await counted.figures : undefined;
    if (known) return known;
    const figures = countAll(stats.rows);
    counted = { at: Date.now(), after, figures: figures.catch(() => undefined) };
    counting = counted.figures;
    return figures;
  };
}

async function countAll(rows: Pick<RowReader<RowOf<typeof bucket>>, "count">): Promise<Figures> {
  const count = async (kind: "accounts" | "catalogs" | "shares") => {
    // What ended is counted first: it began before, so that there are never fewer than none.
    const ended = await rows.count(`${kind}.ended.*`);
    const ever = await rows.count(`${kind}.began.*`);
    return { now: ever - ended, ever };
  };
  const [accounts, catalogs, shares] = await Promise.all([count("accounts"), count("catalogs"), count("shares")]);
  return { accounts, catalogs, shares };
}
