/** The feed, as it is written: hints that there is something to ask for. */
import type { AccountKey } from "@natster/contracts";
import type { FeedNotice } from "@natster/contracts/library";
import { feedSubject } from "@natster/contracts/platform";
import type { NatsConnection } from "@nats-io/nats-core";

const utf8 = new TextEncoder();

/** Tells each of these accounts, at most once and nobody else. */
export function tell(platform: NatsConnection, accounts: readonly AccountKey[], notice: FeedNotice): void {
  const written = utf8.encode(JSON.stringify(notice));
  for (const account of accounts) platform.publish(feedSubject(account, notice.kind), written);
}
