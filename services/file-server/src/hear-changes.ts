/** Hearing what was shared, published or taken back: sessions that rest on it no more are over there and then. */
import type { AccountKey, CatalogName, UnixTime, UserKey } from "@natster/contracts";
import type { Entry } from "@natster/contracts/activity";
import { type FeedNotice, projector } from "@natster/contracts/library";
import { feedHeard, revocationsSaid } from "@natster/contracts/borders";
import { isRefusal, type Logger } from "@natster/micro";
import { client } from "@natster/micro/client";
import { readNotice } from "@natster/micro/notice";
import { readRevocation } from "@natster/trust";
import type { NatsConnection, Status } from "@nats-io/nats-core";
import { again } from "./again.ts";
import type { Publicity } from "./publicity.ts";
import type { Revoked } from "./revoked.ts";
import type { Sessions } from "./sessions.ts";

export interface HearingOptions {
  readonly connection: NatsConnection;
  readonly owner: AccountKey;
  readonly catalog: CatalogName;
  readonly revoked: Revoked;
  readonly publicity: Publicity;
  readonly sessions: Pick<Sessions, "endWhere">;
  readonly log: Logger;
  /** Milliseconds between two looks at what may have changed without a word; half a minute unless given. */
  readonly lookEvery?: number | undefined;
}

/**
 * Asks once, and then obeys what it hears until it is disposed of: from the account key, signed, and from the platform,
 * whose notices are not signed and need not be: to refuse needs no trust. What lets somebody in is believed by its
 * signature alone. A notice may be lost, so the catalog and the owner's own trail are looked at too: at first, whenever
 * the connection is back, and now and then; soon again where the platform does not answer.
 */
export async function hearChanges(options: HearingOptions): Promise<AsyncDisposable> {
  const { connection, owner, catalog, revoked, publicity, sessions, log, lookEvery = 30_000 } = options;
  const library = client(projector, connection);

  /** Ends what rests on something that is void by now, and only then keeps what is: a full disk lets nobody in. */
  const obey = () => {
    sessions.endWhere(
      ({ account, user, since, grantedAt }) =>
        revoked.isRevoked({ to: user, at: since }) ||
        (grantedAt !== undefined && revoked.isRevoked({ to: account, at: grantedAt })),
    );
    try {
      revoked.keep();
      kept = true;
    } catch (error) {
      if (kept) log.error({ err: error }, "what was taken back cannot be written down, and is tried again");
      kept = false;
    }
  };
  let kept = true;
  const note = (given: readonly TakenBack[]) => {
    for (const { to, until } of given) if (revoked.add(to, until)) log.info({ to }, "what was given is taken back");
    obey();
  };

  /** What is said of the catalog itself. One that was made anew opens to no grant from before. */
  const lookAtCatalog = oneByOne(async (after) => {
    try {
      const found = await library
        .catalog({ owner, catalog, ...(after !== undefined && { after }) }, { timeout: 2_000 })
        .catch((error: unknown) => {
          if (isRefusal(error, "catalog_unknown")) return undefined;
          throw error;
        });
      if (found && revoked.add("*", secondOf(found.since) - 1)) obey();
      const statement = found?.published?.statement;
      const voidUntil = found?.statementsVoidUntil;
      publicity.hear({ ...(statement !== undefined && { statement }), ...(voidUntil !== undefined && { voidUntil }) });
    } finally {
      // A statement may end by itself, whether or not the platform answers.
      if (!publicity.publication(now()))
        sessions.endWhere(({ account, grantedAt }) => account !== owner && grantedAt === undefined);
    }
  });

  /**
   * Reads the owner's trail back to the line up to which it was read before, and notes what was taken back, each with its
   * own second. The lines come in the order in which they were written, the last one first, which is not that of their
   * sequences: an event that stood aside, or one of another part of the log, is written after later ones. Tells whether
   * the event `after` is in it.
   */
  const lookAtTrail = oneByOne(async (after) => {
    const unread = new Set([revoked.heard, after ?? revoked.heard]);
    const given: TakenBack[] = [];
    try {
      let newest: number | undefined;
      for (let cursor: string | undefined, more = true; more;) {
        const page = await library.activity(
          { limit: 500, ...(after !== undefined && { after }), ...(cursor !== undefined && { cursor }) },
          { timeout: 5_000 },
        );
        for (const entry of page.rows) {
          unread.delete(entry.sequence);
          given.push(...takenBack(entry, owner, catalog));
        }
        newest ??= page.rows[0]?.sequence;
        ({ cursor } = page);
        more = cursor !== undefined && unread.size > 0;
      }
      if (newest !== undefined) revoked.hasHeard(newest);
    } finally {
      note(given);
    }
    return after !== undefined && !unread.has(after);
  });

  /** Never rejects. What is so for long is said once. */
  const look = async () => {
    const looks = await Promise.allSettled([lookAtCatalog(), lookAtTrail()]);
    const failed = looks.find((each) => each.status === "rejected");
    if (failed && answers) log.warn({ err: failed.reason }, "the platform does not say what has changed");
    if (!failed && !answers) log.info("the platform says again what has changed");
    answers = failed === undefined;
    return answers;
  };
  let answers = true;

  const hear = async (notice: FeedNotice) => {
    if (notice.kind === "device") return void (await lookAtTrail(notice.sequence));
    if (notice.kind !== "share" && notice.kind !== "catalog") return;
    if (notice.owner !== owner || notice.catalog !== catalog) return;
    if (notice.kind === "catalog") return lookAtCatalog(notice.sequence);
    if (notice.event !== "unshared") return;
    // At once; who has another grant by now opens another session.
    sessions.endWhere(({ account }) => account === notice.recipient);
    // Where the trail does not say when it was, everything up to now is void.
    if (!(await lookAtTrail(notice.sequence).catch(() => false))) note([{ to: notice.recipient, until: now() }]);
  };

  await using undo = new AsyncDisposableStack();
  const feed = connection.subscribe(feedHeard, {
    callback: (error, message) => {
      const notice = error ? undefined : readNotice(message.data);
      // It would be as lost as one that never came.
      if (notice) hear(notice).catch(() => looking.now());
    },
  });
  undo.defer(() => feed.unsubscribe());
  const signed = connection.subscribe(revocationsSaid, {
    callback: (error, message) => {
      const said = error ? undefined : readRevocation(message.string(), { owner });
      if (said && said.refused === undefined && (said.catalog ?? catalog) === catalog) note([said]);
    },
  });
  undo.defer(() => signed.unsubscribe());
  const looking = again(look, lookEvery);
  undo.defer(() => void looking.stop());
  const statuses = connection.status()[Symbol.asyncIterator]();
  undo.defer(() => void statuses.return?.());
  void lookWhenBack(statuses, () => looking.now());
  // Where the platform is away, what was shared is served all the same; nothing is public by its word alone.
  await looking.begun;
  return undo.move();
}

/** To whom what was given up to a second is void. */
interface TakenBack {
  readonly to: AccountKey | UserKey;
  readonly until: UnixTime;
}

/** What an entry of the owner's trail takes back of what this catalog's sessions rest on. */
function takenBack(entry: Entry, owner: AccountKey, catalog: CatalogName): TakenBack[] {
  const until = secondOf(entry.time);
  if (entry.about === "device" && entry.event === "device_revoked") return [{ to: entry.user, until }];
  if (entry.about !== "share" || entry.event !== "unshared") return [];
  return entry.owner === owner && entry.catalog === catalog ? [{ to: entry.recipient, until }] : [];
}

/** Each begins when the one before has ended: what was answered earlier never takes the place of what was later. */
function oneByOne<T>(look: (after?: number) => Promise<T>): (after?: number) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (after) => {
    const next = last.then(() => look(after));
    last = next.catch(() => {});
    return next;
  };
}

async function lookWhenBack(statuses: AsyncIterator<Status>, look: () => void): Promise<void> {
  for (let next = await statuses.next(); !next.done; next = await statuses.next()) {
    if (next.value.type === "reconnect") look();
  }
}

const secondOf = (time: string): UnixTime => Math.floor(Date.parse(time) / 1000);
const now = (): number => Math.floor(Date.now() / 1000);
