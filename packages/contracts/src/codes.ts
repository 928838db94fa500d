/** One-time codes: issued by somebody, claimed by one. No server ever sees a code's secret. */
import * as z from "zod";
import { defineBucket, defineEvents, defineService } from "./define.ts";
import { AccountKey, CodeId, Handle, Instant, Jwt, Sequence, UserKey } from "./vocabulary.ts";

/** What a code is for. An enrol code admits a newcomer. */
export const CodePurpose = z.enum(["enrol"]);

/** A key or a MAC of 32 bytes in base64url. */
const Bytes32 = z.string().regex(/^[\w-]{43}$/, "32 bytes in base64url");

/**
 * What a claim's MACs cover, besides protocol version, id and purpose: all public keys of the claimant, and the claims
 * that a newcomer's account key signed.
 */
export const ClaimTranscript = z.strictObject({
  account: AccountKey,
  user: UserKey,
  claims: Jwt,
});
export type ClaimTranscript = z.infer<typeof ClaimTranscript>;

export const codes = defineService({
  name: "codes",
  version: "0.1.0",
  description: "Issues one-time codes and lets each be claimed once, without ever seeing a secret",
  runsIn: "platform",
  owns: ["events.code"],
  endpoints: {
    issue: {
      subject: "natster.codes.issue",
      summary: "Make a code known by its id and the key that checks a claim",
      request: z.strictObject({
        id: CodeId,
        purpose: CodePurpose,
        gate: Bytes32,
        handle: Handle.optional(),
        /** Seconds until it runs out. */
        expiresIn: z
          .int()
          .min(1)
          .max(30 * 24 * 3600),
      }),
      reply: z.strictObject({ after: Sequence, expires: Instant }),
      errors: { code_used: 409, not_allowed: 403 },
    },
    claim: {
      subject: "natster.codes.claim",
      summary: "Claim a code by proving knowledge of its secret; the first to do so is the only one",
      request: z.strictObject({ id: CodeId, transcript: ClaimTranscript, mac: Bytes32 }),
      reply: z.strictObject({ after: Sequence }),
      errors: { code_unknown: 404, code_wrong: 403, code_claimed: 409, claims_invalid: 422 },
      access: "lobby",
    },
    cancel: {
      subject: "natster.codes.cancel",
      summary: "Take back a code of the caller's that nobody has claimed",
      request: z.strictObject({ id: CodeId }),
      reply: z.strictObject({ after: Sequence }),
      errors: { code_unknown: 404, code_claimed: 409 },
    },
  },
});

/** What happened to a code. Each event names the issuer, under whom the code is listed. */
export const codeEvents = defineEvents({
  subject: "events.code",
  id: z.strictObject({ code: CodeId }),
  types: {
    issued: z.strictObject({ issuer: AccountKey, purpose: CodePurpose, handle: Handle.optional(), expires: Instant }),
    claimed: z.strictObject({
      issuer: AccountKey,
      account: AccountKey,
      user: UserKey,
      claims: Jwt,
      /** Hash of the whole claim: the same claim gets the same answer again. */
      claim: z.string(),
    }),
    cancelled: z.strictObject({ issuer: AccountKey }),
    expired: z.strictObject({ issuer: AccountKey }),
  },
});

/** What the codes service keeps of an open code, with a time to live. */
export const openCodes = defineBucket({
  name: "open_codes",
  summary: "One-time codes that nobody has claimed yet: the key that checks a claim, until they run out",
  row: z.strictObject({
    issuer: AccountKey,
    purpose: CodePurpose,
    gate: Bytes32,
    expires: Instant,
  }),
});
