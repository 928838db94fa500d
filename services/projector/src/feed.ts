/** The feed: whoever is concerned by an event is told at once that there is something to ask for. */
import type { AccountKey, BucketContract } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { codeEvents } from "@natster/contracts/codes";
import { catalogs, devices, type FeedNotice, ownCodes, people, shares } from "@natster/contracts/library";
import { type Applied, isApplied } from "@natster/micro/projector";
import { tell } from "@natster/micro/tell";
import type { NatsConnection } from "@nats-io/nats-core";

/** A notice, and for whom it is. */
interface Addressed {
  readonly to: readonly AccountKey[];
  readonly notice: FeedNotice;
}

/** Tells of events once they are in the rows of a bucket. Each event is told of by one bucket at the most. */
export function tellOf(platform: NatsConnection, bucket: BucketContract, applied: readonly Applied[]): void {
  const noticeOf = notices.get(bucket.name);
  if (!noticeOf) return;
  for (const each of applied) {
    const addressed = noticeOf(each);
    if (addressed) tell(platform, addressed.to, addressed.notice);
  }
}

const notices = new Map<string, (applied: Applied) => Addressed | undefined>([
  [people.name, ofAccount],
  [devices.name, ofDevice],
  [catalogs.name, ofCatalog],
  [shares.name, ofShare],
  [ownCodes.name, ofCode],
]);

function ofAccount(applied: Applied): Addressed | undefined {
  if (!isApplied(applied, accountEvents) || "user" in applied.event.data) return undefined;
  return { to: [applied.id.account], notice: { kind: "account", sequence: applied.event.sequence } };
}

function ofDevice(applied: Applied): Addressed | undefined {
  if (!isApplied(applied, accountEvents) || !("user" in applied.event.data)) return undefined;
  const { data, sequence } = applied.event;
  return { to: [applied.id.account], notice: { kind: "device", user: data.user, sequence } };
}

function ofCatalog(applied: Applied): Addressed | undefined {
  if (!isApplied(applied, catalogEvents)) return undefined;
  const { id, event } = applied;
  return { to: [id.owner], notice: { kind: "catalog", ...id, sequence: event.sequence } };
}

function ofShare(applied: Applied): Addressed | undefined {
  if (!isApplied(applied, shareEvents)) return undefined;
  const { id, event } = applied;
  const notice: FeedNotice = { kind: "share", ...id, event: event.type, sequence: event.sequence };
  return { to: [id.owner, id.recipient], notice };
}

function ofCode(applied: Applied): Addressed | undefined {
  if (!isApplied(applied, codeEvents)) return undefined;
  const { id, event } = applied;
  const notice: FeedNotice = { kind: "code", code: id.code, event: event.type, sequence: event.sequence };
  return { to: [event.data.issuer], notice };
}
