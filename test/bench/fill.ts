/** Fills a log beforehand, in atomic batches: shares that are given and taken back, evenly over catalogs and accounts. */
import { type AccountKey, CatalogName, eventSubject, type EventOf, type IdOf } from "@natster/contracts";
import { shareEvents } from "@natster/contracts/catalog";
import { type BatchEntry, publishBatch } from "@natster/micro/batch";
import { writeEvent } from "@natster/micro/event";
import { createKey, signGrant } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";

/** How a log is filled. */
export interface FillOptions {
  readonly events: number;
  /** How many catalogs there are, each with an owner of its own, and as many accounts, each of which has one of them. */
  readonly catalogs?: number;
  /** Called with the position of an event, from 0; what it returns stands there instead. */
  readonly instead?: (position: number) => Uint8Array | undefined;
}

/** What stands between one catalog and one account, as the log was filled with it. */
export interface Pair {
  readonly id: IdOf<typeof shareEvents>;
  readonly grant: string;
  readonly issuedAt: number;
}

const together = 1_000;

/**
 * Appends events: a round of `shared` over all pairs, then one of `unshared`, and so on. The event at a position is of
 * the pair at that position modulo their number. Resolves with the pairs.
 */
export async function fillShares(
  connection: NatsConnection,
  { events, catalogs = 1_000, instead }: FillOptions,
): Promise<Pair[]> {
  const pairs = Array.from({ length: catalogs }, (_, index) => pair(index));
  for (let from = 0; from < events; from += together) {
    const count = Math.min(together, events - from);
    const batch = Array.from({ length: count }, (_, index) => entry(pairs, from + index, instead));
    await publishBatch(connection, batch);
  }
  return pairs;
}

function pair(index: number): Pair {
  const owner = createKey("account");
  const recipient: AccountKey = createKey("account").public;
  const catalog = CatalogName.parse(`catalog-${index}`);
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
  const messageId = `filled-${position}-${id.owner}`;
  const written = writeEvent(shareEvents, id, event, {
    id: messageId,
    source: "/natster/catalog",
    time: new Date().toISOString(),
    cause: { actor: id.owner, command: { name: "catalog.fill", id: messageId } },
  });
  return {
    subject: eventSubject(shareEvents, id, event.type),
    data: instead?.(position) ?? new TextEncoder().encode(JSON.stringify(written)),
    messageId,
  };
}
