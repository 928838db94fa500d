/** The feed: whoever is concerned by an event is told at once that there is something to ask for. */
import type { AccountKey } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { FeedNotice } from "@natster/contracts/library";
import { feedSubject } from "@natster/contracts/platform";
import { type Applied, isApplied } from "@natster/micro/projector";
import type { NatsConnection } from "@nats-io/nats-core";

/** Publishes the notices of a batch, each to the accounts that it concerns. They are hints, at most once. */
export function publishNotices(connection: NatsConnection, applied: readonly Applied[]): void {
  for (const { to, notice } of applied.flatMap(noticesOf)) {
    connection.publish(feedSubject(to, notice.kind), JSON.stringify(FeedNotice.parse(notice)));
  }
}

function noticesOf(applied: Applied): { to: AccountKey; notice: FeedNotice }[] {
  if (isApplied(applied, accountEvents)) {
    return [{ to: applied.id.account, notice: { kind: "account", sequence: applied.event.sequence } }];
  }
  if (isApplied(applied, catalogEvents)) {
    const { id, event } = applied;
    return [{ to: id.owner, notice: { kind: "catalog", ...id, sequence: event.sequence } }];
  }
  if (isApplied(applied, shareEvents)) {
    const { id, event } = applied;
    const notice: FeedNotice = { kind: "share", ...id, event: event.type, sequence: event.sequence };
    return [
      { to: id.owner, notice },
      { to: id.recipient, notice },
    ];
  }
  return [];
}
