/** Expiries: what ended in a bucket by itself. nats-server leaves a marker for it, which one of the service's processes takes. */
import { bucketStream, bucketSubject } from "@natster/contracts";
import type { ExpiriesContract } from "@natster/contracts/platform";
import { openDurable } from "../events/durable.ts";
import { askedAtOnce, reactToEach, type RunningReaction } from "./react-to-each.ts";
import type { ReactionOptions } from "./reaction.ts";

/** Calls `expired` with the key of each row that ran out, once it has; what throws is called again after a while. */
export async function runExpiries(
  { name, bucket }: ExpiriesContract,
  { connection, log }: ReactionOptions,
  expired: (key: string) => Promise<void>,
): Promise<RunningReaction> {
  const durable = await openDurable(connection, name, { stream: bucketStream(bucket.name), prefetch: askedAtOnce });
  const prefix = bucketSubject(bucket.name, "");
  return reactToEach(durable, {
    connection,
    log: log.child({ expiries: name }),
    // Rows come by the same way; only a marker says why it is there.
    read: ({ headers, subject }) =>
      headers?.get("Nats-Marker-Reason") === "MaxAge" ? subject.slice(prefix.length) : undefined,
    react: expired,
  });
}
