/** Answering the claim of one code: checked, decided once for ever, carried out, sealed, and left for the claimant. */
import type { AccountKey, CodeId, UnixTime, UserKey } from "@natster/contracts";
import type { Claim } from "@natster/contracts/codes";
import { isRefusal } from "@natster/micro/client";
import {
  claimHash,
  claimMac,
  type CodeAnswer,
  equalMacs,
  type Key,
  sealAnswer,
  signGrant,
  userJwt,
} from "@natster/trust";
import { applied } from "./applied.ts";
import { fromBase64Url } from "./base64url.ts";
import type { CodeRecord, CodeStore, DecidedClaim } from "./code-record.ts";
import { maySign } from "./devices.ts";
import type { Person } from "./person.ts";

/** A claim that is not answered, now or ever. */
export class ClaimRefusedError extends Error {
  override readonly name = "ClaimRefusedError";
  readonly reason: string;

  constructor(reason: ClaimReason) {
    super(`the claim is not answered: ${reason.replaceAll("_", " ")}`);
    this.reason = reason;
  }
}

export type ClaimReason =
  /** The claim is none of somebody who knows the code: the platform, or a swapped key. */
  | "claim_forged"
  | "claim_unfit"
  | "not_for_claimant"
  /** Another claim of the same code was answered already. */
  | "claim_other"
  /** The device that handed the code over was revoked meanwhile. */
  | "device_gone"
  /** The owner took the catalog back meanwhile. */
  | "taken_back"
  | "catalog_gone";

/** What was answered, and to whom. */
export interface Answered {
  readonly id: CodeId;
  readonly gift: CodeRecord["gift"];
  readonly account?: AccountKey;
  readonly user: UserKey;
}

/**
 * Answers the claim of a code, where there is one that has no answer yet. Each step may be the last: the next call
 * begins again, comes to the same decision, and does nothing twice.
 */
export async function answerClaim(
  person: Person,
  id: CodeId,
  { account, store }: { readonly account: Key<"account">; readonly store: CodeStore },
): Promise<Answered | undefined> {
  const record = await store.get(id);
  if (!record) return undefined;
  // A code is good for nothing once it has run out by the issuer's own clock, whatever the platform says.
  const over = record.expires <= now();
  const row = over ? undefined : (await person.library.codes({ code: id })).rows[0];
  if (over || row?.state === "fulfilled" || row?.state === "cancelled") {
    await store.remove(id);
    return undefined;
  }
  if (row?.state !== "claimed" || !row.claim) return undefined;

  checkClaim(record, row.claim, account.public);
  if (record.keptFor && !(await maySign(person, record.keptFor))) throw new ClaimRefusedError("device_gone");
  const { hash, transcript } = row.claim;
  // Stored before anything is signed: from here on no other claim of this code is ever answered.
  const decided = await store.decide(id, { hash, transcript, at: now() });
  if (decided.hash !== hash) throw new ClaimRefusedError("claim_other");
  const answer = await carryOut(person, record, decided, account);
  const context = { id, claim: hash, seal: fromBase64Url(record.seal) };
  await person.codes.fulfil({ id, claim: hash, answer: await sealAnswer(answer, transcript.answerTo, context) });
  await store.remove(id);
  const { user, account: claimant } = transcript;
  return { id, gift: record.gift, user, ...(claimant && { account: claimant }) };
}

/**
 * Whether the claim was made by somebody who knows the code, with exactly these keys, and fits what the issuer's own
 * record says. It holds against the platform too, which does not know `peer`. Throws `ClaimRefusedError`.
 */
function checkClaim(record: CodeRecord, { transcript, peer, hash }: Claim, own: AccountKey): void {
  const { id, gift, audience } = record;
  const expected = claimMac(fromBase64Url(record.peer), id, transcript);
  if (!equalMacs(expected, peer) || claimHash(id, transcript) !== hash) throw new ClaimRefusedError("claim_forged");
  if (audience !== undefined && audience !== transcript.account) throw new ClaimRefusedError("not_for_claimant");
  const fits = gift.purpose === "device" ? transcript.account === undefined : transcript.account !== undefined;
  if (!fits || transcript.account === own) throw new ClaimRefusedError("claim_unfit");
}

/** Does what the code is for. What it signs is dated at the decision, so that a repeat signs the same again. */
async function carryOut(
  person: Person,
  { gift }: CodeRecord,
  { transcript, at }: DecidedClaim,
  account: Key<"account">,
): Promise<CodeAnswer> {
  const { user, account: recipient } = transcript;
  if (gift.purpose === "device") {
    const { name, lasts, ...device } = gift;
    const jwt = userJwt(account, { ...device, name, user, issuedAt: at, ...(lasts && { expires: at + lasts }) });
    await person.accounts.device({ jwt, name });
    return { purpose: "device", account: account.public, jwt };
  }
  if (!recipient) throw new ClaimRefusedError("claim_unfit");
  // A newcomer is registered by the claim itself; nothing can be shared with an account before it is there.
  await applied(person.connection, recipient, 0);
  const { catalog, until } = gift;
  const offer = async (issuedAt: UnixTime) => {
    const grant = signGrant(account, { catalog, recipient, issuedAt, ...(until !== undefined && { expires: until }) });
    await person.catalog.share({ catalog, grant });
    return { purpose: "share", owner: account.public, catalog, grant } as const;
  };
  try {
    return await offer(at).catch(async (error: unknown) => {
      if (!isRefusal(error, "grant_outdated") || now() > at + 1) throw error;
      // Something was taken back in the very second of the decision, and NATS counts whole ones.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      return offer(at + 1);
    });
  } catch (error) {
    if (isRefusal(error, "catalog_unknown")) throw new ClaimRefusedError("catalog_gone");
    if (isRefusal(error, "grant_outdated")) throw new ClaimRefusedError("taken_back");
    throw error;
  }
}

const now = (): number => Math.floor(Date.now() / 1000);
