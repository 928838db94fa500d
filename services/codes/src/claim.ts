/** Claiming: whoever proves to know the secret, first, is recorded as the one. */
import type { AccountKey, CodeId } from "@natster/contracts";
import { type ClaimTranscript, codes } from "@natster/contracts/codes";
import { type Caller, type Handler, isRefusal, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import { claimHash, claimMac, equalMacs, purposeOf, readRegistration } from "@natster/trust";
import { claimCode, code } from "./code.ts";
import { assertGivesMore, holding } from "./holding.ts";
import { type Entries, type Entry, findEntry, type FoundEntry, replaceEntry } from "./entry.ts";
import type { WrongTries } from "./wrong-tries.ts";

const { claim: endpoint } = codes.endpoints;
type Open = Extract<Entry, { state: "open" }>;

/** What a claim is judged by besides the code. */
export interface ClaimPolicy {
  /** Whether anybody new is admitted at all. */
  readonly admitsNewcomers: boolean;
}

export const claim =
  (log: EventLog, entries: Entries, wrong: WrongTries, policy: ClaimPolicy): Handler<typeof codes, "claim"> =>
  async ({ caller, request, command }) => {
    const { id, transcript, gate, peer } = request;
    const hash = claimHash(id, transcript);
    const found = await findEntry(id, entries, log);
    if (!found.entry) throw refuse(endpoint, found.state.claim ? "code_claimed" : "code_unknown");
    const { entry, slot } = found;
    if (entry.state === "claimed") {
      if (entry.claim !== hash) throw refuse(endpoint, "code_claimed");
      return { after: slot.sequence, claim: hash, expires: entry.expires };
    }
    if (!equalMacs(claimMac(Buffer.from(entry.gate, "base64url"), id, transcript), gate)) {
      throw await wrong.refuse(id, entry, refuse(endpoint, "code_wrong"));
    }
    judge(id, transcript, entry, caller, policy);
    if (!caller.newcomer) await assertNotUsedUp(id, caller.account, log);

    // This append is the one arbiter between two claimants. The entry follows it, also for whoever comes too late: a
    // process that ended between the two left the key there, which checks claims of a code that is claimed.
    const claimed = claimCode({ transcript, peer, hash }, Date.now());
    const after = await log.append(code, { code: id }, claimed, command).catch(async (error: unknown) => {
      if (isRefusal(error, "code_claimed")) await closeClaimed(id, { entry, slot }, log, entries);
      throw error;
    });
    await replaceEntry(id, closed(entry, hash), slot, after, entries);
    return { after, claim: hash, expires: entry.expires };
  };

/** Whether this claimant may have the code at all. */
function judge(
  id: CodeId,
  { account, claims }: ClaimTranscript,
  { purpose, issuer, audience, handle }: Open,
  caller: Caller,
  { admitsNewcomers }: ClaimPolicy,
): void {
  if (purpose !== purposeOf(id)) throw refuse(endpoint, "claims_invalid", "the code is for something else");
  if (audience !== undefined && audience !== account) throw refuse(endpoint, "not_for_you");
  if (purpose === "device") {
    if (account !== undefined || claims !== undefined) throw invalid("a device has no account before it claims one");
    return;
  }
  if (account === issuer) throw refuse(endpoint, "not_for_you", "the code is for somebody else than its issuer");
  if (claims === undefined) {
    if (purpose === "enrol") throw invalid("a newcomer's account key has to sign its registration");
    // nats-server says who asks: nobody claims anything for an account but its own devices.
    if (caller.newcomer || account !== caller.account) throw invalid("the claim of another account than the caller's");
    return;
  }
  if (!caller.newcomer) throw invalid("an account that exists registers no other");
  if (!admitsNewcomers) throw refuse(endpoint, "registration_closed");
  const read = readRegistration(claims, { now: Math.floor(Date.now() / 1000), code: id });
  if (read.refused !== undefined) throw invalid(`claims: ${read.refused}`);
  if (read.account !== account) throw invalid("the registration of another account than the claimant's");
  if (handle !== undefined && read.handle !== handle)
    throw refuse(endpoint, "handle_other", `that code is for whoever joins as @${handle}`);
}

const invalid = (why: string) => refuse(endpoint, "claims_invalid", why);

/** A code for somebody who has what it gives stays good for somebody who has not. */
async function assertNotUsedUp(id: CodeId, recipient: AccountKey, log: EventLog): Promise<void> {
  const { issuer, offer } = (await log.load(code, { code: id })).state;
  if (!issuer || offer?.purpose !== "share") return;
  const { state } = await log.load(holding, { owner: issuer, catalog: offer.catalog, recipient });
  assertGivesMore(offer, state, Date.now());
}

/** Takes the key out of an entry whose code the log has as claimed. */
async function closeClaimed(
  id: CodeId,
  { entry, slot }: Pick<FoundEntry, "slot"> & { entry: Open },
  log: EventLog,
  entries: Entries,
): Promise<void> {
  const { state, last } = await log.load(code, { code: id });
  if (state.claim) await replaceEntry(id, closed(entry, state.claim), slot, last, entries);
}

const closed = ({ issuer, purpose, expires }: Open, hash: string): Entry => ({
  state: "claimed",
  issuer,
  purpose,
  claim: hash,
  expires,
});
