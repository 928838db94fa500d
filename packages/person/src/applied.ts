/** Waiting until nats-server enforces what was recorded. */
import type { AccountKey, Sequence } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { client } from "@natster/micro/client";
import type { NatsConnection } from "@nats-io/nats-core";
import { insist } from "./insist.ts";

/** What was recorded is not enforced yet; it will be, so there is no need to do it again. */
export class NotAppliedYetError extends Error {
  override readonly name = "NotAppliedYetError";
}

/** Resolves when nats-server enforces of an account what was recorded at a position. Throws `NotAppliedYetError`. */
export async function applied(
  connection: NatsConnection,
  account: AccountKey,
  after: Sequence,
  within = 10_000,
): Promise<void> {
  const { applied: ask } = client(accounts, connection);
  for (const until = Date.now() + within; Date.now() < until;) {
    if ((await insist(() => ask({ account, after }), until - Date.now())).applied) return;
  }
  throw new NotAppliedYetError("recorded, but nats-server has not been told yet");
}
