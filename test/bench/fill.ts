/** Fills a log beforehand, in atomic batches: shares that are given and taken back, evenly over catalogs and accounts. */
import { type AccountKey, CatalogName, eventSubject, type EventOf, type IdOf } from "@natster/contracts";
import { shareEvents } from "@natster/contracts/catalog";
import { type BatchEntry, publishBatch } from "@natster/micro/batch";
import { type CloudEvent, writeEvent } from "@natster/micro/event";
import { createKey, type Key, signGrant } from "@natster/trust";
import { JetStreamApiError } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";

/** How a log is filled. */
export interface FillOptions {
  readonly events: number;
  /** Between whom it happens; a thousand pairs, each of another catalog and other accounts, unless given. */
  readonly pairs?: readonly Pair[];
  /** The position of the first event: where an earlier filling with the same pairs ended. */
  readonly from?: number;
  /** Called with the position of an event and with it; what it returns stands there instead. */
  readonly instead?: (position: number, event: CloudEvent) => string | undefined;
}

/** What stands between one catalog and one account, as the log was filled with it. */
export interface Pair {
  readonly id: IdOf<typeof shareEvents>;
  readonly grant: string;
  readonly issuedAt: number;
}

const together = 1_000;
/** The code of a batch that nats-server has given up. */
const incomplete = 10_176;

/**
 * Appends events: a round of `shared` over all pairs, then one of `unshared`, and so on. The event at a position is of
 * the pair at that position modulo their number. Resolves with the pairs.
 */
export async function fillShares(
  connection: NatsConnection,
  { events, pairs = manyPairs(1_000), from = 0, instead }: FillOptions,
): Promise<readonly Pair[]> {
  const end = from + events;
  for (let first = from; first < end; first += together) {
    const count = Math.min(together, end - first);
    await publishSurely(
      connection,
      Array.from({ length: count }, (_, index) => entry(pairs, first + index, instead)),
    );
  }
  return pairs;
}

/** Pairs of which no two have a catalog or an account in common. */
export const manyPairs = (count: number): Pair[] =>
  Array.from({ length: count }, (_, index) => pair(createKey("account"), CatalogName.parse(`catalog-${index}`)));

/** Pairs of one catalog, with as many accounts. */
export const pairsOf = (owner: Key<"account">, catalog: CatalogName, count: number): Pair[] =>
  Array.from({ length: count }, () => pair(owner, catalog));

/** nats-server gives up a batch of which it has heard nothing for ten seconds, as on a busy machine; nothing of it is stored. */
async function publishSurely(connection: NatsConnection, batch: readonly BatchEntry[]): Promise<void> {
  for (let tries = 5; ; tries--) {
    try {
      await publishBatch(connection, batch);
      return;
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === incomplete) || tries === 0) throw error;
    }
  }
}

function pair(owner: Key<"account">, catalog: CatalogName): Pair {
  const recipient: AccountKey = createKey("account").public;
  const issuedAt = Math.floor(Date.now() / 1000) - 3_600;
  return {
    id: { owner: owner.public, catalog, recipient },
    grant: signGrant(owner, { catalog, recipient, issuedAt }),
    issuedAt,
  };
}

function entry(pairs: readonly Pair[], position: number, instead: FillOptions["instead"]): BatchEntry {
  const of = pairs[position % pairs.length];
  if (!of) throw new Error("nothing to fill with");
  const { id, grant, issuedAt } = of;
  const event: EventOf<typeof shareEvents> =
    Math.floor(position / pairs.length) % 2 === 0
      ? { type: "shared", data: { grant: grant, issuedAt: issuedAt } }
      : { type: "unshared", data: { reason: "owner" } };
  const messageId = `filled-${position}-${id.owner}-${id.recipient}`;
  const written = writeEvent(shareEvents, id, event, {
    id: messageId,
    source: "/natster/catalog",
    time: new Date().toISOString(),
    cause: { actor: id.owner, command: { name: "catalog.fill", id: messageId } },
  });
  return {
    subject: eventSubject(shareEvents, id, event.type),
    data: new TextEncoder().encode(instead?.(position, written) ?? JSON.stringify(written)),
    messageId,
  };
}
