/** A claim that somebody is about to make, or has made: all that is needed to make the very same one again. */
import { AccountKey, CodeId, type Handle } from "@natster/contracts";
import { Bytes32, ClaimTranscript } from "@natster/contracts/codes";
import { claimHash, claimMac, type Code, codeKeys, createAnswerKey, type Key, signRegistration } from "@natster/trust";
import * as z from "zod";
import { toBase64Url } from "./base64url.ts";

/** A claim with its keys, which are secrets. The code's own secret is not in it. */
export const PendingClaim = z.strictObject({
  id: CodeId,
  transcript: ClaimTranscript,
  hash: Bytes32,
  gate: Bytes32,
  peer: Bytes32,
  seal: Bytes32,
  answerKey: z.strictObject({ public: Bytes32, secret: Bytes32 }),
  /** Seeds of the claimant's own keys: of its device, and of its account where the claim makes one. */
  device: z.string(),
  account: z.string().optional(),
});
export type PendingClaim = z.infer<typeof PendingClaim>;

/** Where a claimant keeps what it has claimed, until it has the answer: a claim that is lost takes its code with it. */
export interface ClaimStore {
  load(id: CodeId): Promise<PendingClaim | undefined>;
  save(claim: PendingClaim): Promise<void>;
  remove(id: CodeId): Promise<void>;
}

/** Keeps claims in memory: they end with the process, or with the page. */
export function memoryClaimStore(): ClaimStore {
  const claims = new Map<CodeId, PendingClaim>();
  return {
    load: async (id) => claims.get(id),
    save: async (claim) => void claims.set(claim.id, claim),
    remove: async (id) => void claims.delete(id),
  };
}

/** Who claims. */
export interface Claimant {
  readonly device: Key<"user">;
  /** A newcomer's new account, or the key of the account that somebody has. */
  readonly account?: Key<"account"> | AccountKey;
  readonly handle?: Handle;
}

/** Makes a claim: derives the code's keys, makes a key for the answer, and covers everything by both MACs. */
export async function prepareClaim(code: Code, { device, account, handle }: Claimant): Promise<PendingClaim> {
  const [keys, answerKey] = await Promise.all([codeKeys(code), createAnswerKey()]);
  const own = typeof account === "object" ? account : undefined;
  const key = typeof account === "object" ? account.public : account;
  const transcript: ClaimTranscript = {
    ...(key && { account: key }),
    user: device.public,
    answerTo: answerKey.public,
    ...(own && { claims: signRegistration(own, { code: code.id, ...(handle && { handle }) }, now()) }),
  };
  return {
    id: code.id,
    transcript,
    hash: claimHash(code.id, transcript),
    gate: claimMac(keys.gate, code.id, transcript),
    peer: claimMac(keys.peer, code.id, transcript),
    seal: toBase64Url(keys.seal),
    answerKey,
    device: device.seed(),
    ...(own && { account: own.seed() }),
  };
}

const now = (): number => Math.floor(Date.now() / 1000);
