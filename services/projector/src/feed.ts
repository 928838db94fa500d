/** The feed: whoever is concerned by an event is told at once that there is something to ask for. */
import type { AccountKey, BucketContract } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { codeEvents } from "@natster/contracts/codes";
import { catalogs, devices, type FeedNotice, ownCodes, people, shares } from "@natster/contracts/library";
import { feedSubject } from "@natster/contracts/platform";
import { type Applied, isApplied } from "@natster/micro/projector";
import type { NatsConnection } from "@nats-io/nats-core";

/** A notice, and for whom it is. */
export interface Addressed {
  readonly to: AccountKey;
  readonly notice: FeedNotice;
}

const utf8 = new TextEncoder();

/** Publishes notices, each to its account only. They are hints, at most once. */
export function publishNotices(platform: NatsConnection, notices: readonly Addressed[]): void {
  let [last, written]: [FeedNotice?, Uint8Array?] = [];
  for (const { to, notice } of notices) {
    // Two people are told of a share by the same words.
    if (notice !== last || !written) [last, written] = [notice, utf8.encode(JSON.stringify(notice))];
    platform.publish(feedSubject(to, notice.kind), written);
  }
}

/** What is told of events once they are in the rows of a bucket. Each event is told of by one bucket at the most. */
export const noticesOf = (bucket: BucketContract, applied: readonly Applied[]): Addressed[] =>
  applied.flatMap((each) => tellers.get(bucket.name)?.(each) ?? []);

const tellers = new Map<string, (applied: Applied) => Addressed[]>([
  [people.name, ofAccount],
  [devices.name, ofDevice],
  [catalogs.name, ofCatalog],
  [shares.name, ofShare],
  [ownCodes.name, ofCode],
]);

function ofAccount(applied: Applied): Addressed[] {
  if (!isApplied(applied, accountEvents) || "user" in applied.event.data) return [];
  return [{ to: applied.id.account, notice: { kind: "account", sequence: applied.event.sequence } }];
}

function ofDevice(applied: Applied): Addressed[] {
  if (!isApplied(applied, accountEvents) || !("user" in applied.event.data)) return [];
  const { data, sequence } = applied.event;
  return [{ to: applied.id.account, notice: { kind: "device", user: data.user, sequence } }];
}

function ofCatalog(applied: Applied): Addressed[] {
  if (!isApplied(applied, catalogEvents)) return [];
  const { id, event } = applied;
  return [{ to: id.owner, notice: { kind: "catalog", ...id, sequence: event.sequence } }];
}

function ofShare(applied: Applied): Addressed[] {
  if (!isApplied(applied, shareEvents)) return [];
  const { id, event } = applied;
  const notice: FeedNotice = { kind: "share", ...id, event: event.type, sequence: event.sequence };
  return [
    { to: id.owner, notice },
    { to: id.recipient, notice },
  ];
}

function ofCode(applied: Applied): Addressed[] {
  if (!isApplied(applied, codeEvents)) return [];
  const { id, event } = applied;
  return [
    { to: event.data.issuer, notice: { kind: "code", code: id.code, event: event.type, sequence: event.sequence } },
  ];
}
