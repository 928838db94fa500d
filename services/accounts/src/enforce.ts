/** Which accounts nats-server has to be told of, because of what happened. */
import type { AccountKey } from "@natster/contracts";
import { readEventSubject } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { type Applied, isApplied, type Place } from "@natster/micro/projector";
import type { Reconciler } from "./reconcile.ts";

/**
 * Tells nats-server of every account that a batch of events concerns, and of those whose shares stand aside with an
 * event, or no longer do. A recipient is told at once: what was taken back is gone with its import. The owner's
 * revocation, which holds even against a recipient that kept the grant, follows. What fails is tried again later.
 */
export async function enforce(
  applied: readonly Applied[],
  aside: readonly Place[],
  reconciler: Pick<Reconciler, "now" | "soon">,
): Promise<void> {
  const accounts = new Set<AccountKey>(aside.flatMap(concernedBy));
  const owners = new Set<AccountKey>();
  for (const each of applied) {
    if (unsaid.has(each.event.type)) continue;
    if (isApplied(each, accountEvents)) accounts.add(each.id.account);
    else if (isApplied(each, catalogEvents)) accounts.add(each.id.owner);
    else if (isApplied(each, shareEvents)) {
      accounts.add(each.id.recipient);
      if (each.event.type === "unshared") owners.add(each.id.owner);
    }
  }
  await Promise.all(
    [...accounts].map((account) =>
      // What fails for one account, whatever it is, must not keep nats-server from hearing of the others: what throws here
      // has the whole batch come again, for ever. It is tried again by itself, and says there why it fails.
      reconciler.now(account).catch(() => reconciler.soon(account)),
    ),
  );
  for (const owner of owners) reconciler.soon(owner);
}

/** Events of which no account JWT says anything. */
const unsaid: ReadonlySet<string> = new Set(["described", "device_added", "device_renamed"]);

/** In whose account JWT the shares of an aggregate stand. */
function concernedBy({ subject }: Place): AccountKey[] {
  const account = readEventSubject(accountEvents, subject)?.id.account;
  const owner = readEventSubject(catalogEvents, subject)?.id.owner;
  const recipient = readEventSubject(shareEvents, subject)?.id.recipient;
  return [account, owner, recipient].filter((each) => each !== undefined);
}
