/** Hearing what was shared, published or taken back: sessions that rest on it no more are over there and then. */
import type { AccountKey, CatalogName, UserKey } from "@natster/contracts";
import { FeedNotice, projector } from "@natster/contracts/library";
import { feedHeard } from "@natster/contracts/borders";
import { isRefusal, type Logger } from "@natster/micro";
import { client } from "@natster/micro/client";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Publicity } from "./publicity.ts";
import type { Revoked } from "./revoked.ts";
import type { Sessions } from "./sessions.ts";

export interface HearingOptions {
  readonly connection: NatsConnection;
  readonly owner: AccountKey;
  readonly catalog: CatalogName;
  readonly revoked: Revoked;
  readonly publicity: Publicity;
  readonly sessions: Sessions;
  readonly log: Logger;
}

/**
 * Asks once, and then obeys the feed of the owner's account until it is disposed of. A notice that takes something back
 * is not signed, and need not be: to refuse needs no trust. What lets somebody in is believed by its signature alone.
 */
export async function hearChanges(options: HearingOptions): Promise<Disposable> {
  const { connection, owner, catalog, revoked, publicity, sessions, log } = options;
  const library = client(projector, connection);

  const endShare = (recipient: AccountKey) => {
    revoked.add(recipient, now());
    sessions.endWhere(({ account }) => account === recipient);
    log.info({ recipient }, "a share was taken back");
  };

  /** What is said of the catalog itself. One that was made anew opens to no grant from before. */
  const lookAtCatalog = async (after?: number) => {
    const found = await library
      .catalog({ owner, catalog, ...(after !== undefined && { after }) }, { timeout: 2_000 })
      .catch((error: unknown) => {
        if (isRefusal(error, "catalog_unknown")) return undefined;
        throw error;
      });
    if (found) revoked.add("*", Math.floor(Date.parse(found.since) / 1000) - 1);
    const statement = found?.published?.statement;
    const voidUntil = found?.statementsVoidUntil;
    publicity.hear({ ...(statement !== undefined && { statement }), ...(voidUntil !== undefined && { voidUntil }) });
    if (publicity.isPublic(now())) return;
    sessions.endWhere(({ account, granted }) => account !== owner && !granted);
  };

  /** A notice says that something is new about a device; a device that is not listed any more was revoked. */
  const lookAtDevice = async (user: UserKey, after: number) => {
    for (let cursor: string | undefined, more = true; more;) {
      const page = await library.devices({ after, ...(cursor !== undefined && { cursor }) });
      if (page.rows.some((row) => row.user === user)) return;
      cursor = page.cursor;
      more = cursor !== undefined;
    }
    revoked.add(user, now());
    sessions.endWhere((session) => session.user === user);
    log.info({ user }, "a device was revoked");
  };

  const hear = async (notice: FeedNotice) => {
    if (notice.kind === "device") return lookAtDevice(notice.user, notice.sequence);
    if (notice.kind !== "share" && notice.kind !== "catalog") return;
    if (notice.owner !== owner || notice.catalog !== catalog) return;
    if (notice.kind === "catalog") await lookAtCatalog(notice.sequence);
    else if (notice.event === "unshared") endShare(notice.recipient);
  };

  const trouble = (what: string) => (error: unknown) => log.warn({ err: error }, what);
  const subscription = connection.subscribe(feedHeard, {
    callback: (error, message) => {
      const notice = error ? undefined : FeedNotice.safeParse(parse(message.string())).data;
      if (notice) hear(notice).catch(trouble("cannot see what has changed"));
    },
  });
  // Where the platform is away, what was shared is served all the same; nothing is public by its word alone.
  await lookAtCatalog().catch(trouble("the platform does not say how the catalog stands"));
  return { [Symbol.dispose]: () => subscription.unsubscribe() };
}

const now = (): number => Math.floor(Date.now() / 1000);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
