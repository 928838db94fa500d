/**
 * The operator's accounts that people never reach: the system account, the streams, and one for each service that needs
 * them. A service's creds are good for what its account imports. nats-server does not look at the reply subject of a
 * request, which may make an answer of JetStream's whatever its sender could not say: here it stays in the sender's own
 * account, and leads no further than the sender could go.
 */
import type { AccountKey, UnixTime } from "@natster/contracts";
import { claimsLookup, claimsUpdate, serversAsked, streamsApi } from "@natster/contracts/borders";
import type { StreamsService } from "@natster/contracts/platform";
import type { Export, Import } from "@nats-io/jwt";
import { accountClaims, type AccountNats } from "./account.ts";
import type { Claims } from "./jwt.ts";
import { operatorLimits } from "./limits.ts";
import { streamsSubjects } from "./permissions.ts";

/** The account of all streams. Nobody has a user of it but the bootstrap; what it does not offer, no service can say. */
export const renderStreams = (streams: AccountKey, issuedAt: UnixTime): Claims<AccountNats> =>
  accountClaims(streams, "STREAMS", issuedAt, {
    exports: [
      ...["events.>", "timers.set.>", "$KV.>", "$JS.ACK.>"].map(offered),
      ...["STREAM.INFO.*", "STREAM.MSG.GET.*", "STREAM.PURGE.*", "DIRECT.GET.*.>"].map(api).map(offered),
      ...["CONSUMER.INFO.*.*", "CONSUMER.RESET.*.*", "CONSUMER.UNPIN.*.*"].map(api).map(offered),
      // One request, many answers; the way back stays open for as long as they keep coming.
      { ...offered(api("CONSUMER.MSG.NEXT.*.*")), response_type: "Stream" },
      { ...offered(api("DIRECT.GET.*")), response_type: "Stream", response_threshold: 10_000_000_000 },
    ],
    limits: operatorLimits({ streams: true }),
    mappings: { [api(">")]: [{ subject: "$JS.API.>", weight: 100 }] },
    signing_keys: [streams],
  });

/** The system account, in which nats-server is told about accounts. nats-server adds exports of its own. */
export const renderSystem = (system: AccountKey, issuedAt: UnixTime): Claims<AccountNats> =>
  accountClaims(system, "SYS", issuedAt, {
    exports: [
      ...[claimsUpdate, claimsLookup("*")].map(offered),
      // Each server of a cluster answers.
      { ...offered(serversAsked), response_type: "Stream" },
    ],
    limits: operatorLimits({ streams: false }),
    signing_keys: [system],
  });

/** What a service's account is rendered from. */
export interface ServiceAccount {
  readonly account: AccountKey;
  readonly streams: AccountKey;
  readonly system: AccountKey;
  /** In how many parts the log is projected, and was before; in one where nothing is said. */
  readonly partitions?: readonly number[];
}

/** The account of one service: it imports what the service says, by the contracts, and offers nothing. */
export const renderService = (
  name: StreamsService,
  { account, streams, system, partitions = [] }: ServiceAccount,
  issuedAt: UnixTime,
): Claims<AccountNats> =>
  accountClaims(account, name.toUpperCase(), issuedAt, {
    imports: [
      ...streamsSubjects(name, partitions).map((subject) => imported("streams", subject, streams)),
      ...(name === "accounts" ? [claimsUpdate, claimsLookup("*"), serversAsked] : []).map((subject) =>
        imported("system", subject, system),
      ),
    ],
    limits: operatorLimits({ streams: false }),
    signing_keys: [account],
  });

const api = (call: string): string => `${streamsApi}.${call}`;
const offered = (subject: string): Export => ({ name: subject, subject, type: "service", response_type: "Singleton" });
const imported = (name: string, subject: string, account: AccountKey): Import => ({
  name,
  subject,
  account,
  type: "service",
});
