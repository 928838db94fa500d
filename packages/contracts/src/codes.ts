/** One-time codes: issued by somebody, claimed by one. No server ever sees a code's secret; docs/codes.md has every byte. */
import * as z from "zod";
import { defineBucket, defineEvents, defineService } from "./define.ts";
import { followerOps } from "./ops.ts";
import { AccountKey, CatalogName, CodeId, Handle, Instant, Jwt, Label, Role, Sequence, UserKey } from "./vocabulary.ts";

/** What a code is for: a device of the issuer's account, a catalog of the issuer's, or an account for a newcomer. */
export const CodePurpose = z.enum(["device", "share", "enrol"]);
export type CodePurpose = z.infer<typeof CodePurpose>;

/**
 * What a code is said to give. It is for lists and for people to read: whoever answers a claim acts on the issuer's own
 * record of the code, never on this.
 */
export const CodeOffer = z.discriminatedUnion("purpose", [
  z.strictObject({
    purpose: z.literal("device"),
    role: Role,
    maySign: z.boolean(),
    name: Label.optional(),
  }),
  z.strictObject({
    purpose: z.literal("share"),
    catalog: CatalogName,
    /** When the grant runs out that the claimant is given. */
    until: Instant.optional(),
  }),
  z.strictObject({
    purpose: z.literal("enrol"),
    /** The handle under which whoever claims it has to register. */
    handle: Handle.optional(),
  }),
]);
export type CodeOffer = z.infer<typeof CodeOffer>;

/** A key, a MAC or a hash of 32 bytes in base64url, in the one spelling that it has. */
export const Bytes32 = z.string().regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/, "32 bytes in base64url");

/** What the issuer answers, sealed to the claimant: base64url of HPKE's `enc` and the ciphertext behind it. */
export const SealedAnswer = z
  .string()
  .max(8_192)
  .regex(/^[\w-]{64,}$/, "base64url");

/**
 * What a claim's MACs cover, besides protocol version, id and purpose: every public key of the claimant, and what a
 * newcomer's account key signed.
 */
export const ClaimTranscript = z.strictObject({
  /** The claimant's account, old or new; none where a device code is claimed, which is about to give it one. */
  account: AccountKey.optional(),
  user: UserKey,
  /** An X25519 public key, to which the answer is sealed. */
  answerTo: Bytes32,
  /** The claims with which a newcomer's account registers. */
  claims: Jwt.max(1_024).optional(),
});
export type ClaimTranscript = z.infer<typeof ClaimTranscript>;

/** A claim as it is recorded: its transcript, the MAC that only the issuer can check, and the hash of the transcript. */
export const Claim = z.strictObject({ transcript: ClaimTranscript, peer: Bytes32, hash: Bytes32 });
export type Claim = z.infer<typeof Claim>;

export const codes = defineService({
  name: "codes",
  version: "0.2.0",
  description: "Issues one-time codes and lets each be claimed once, without ever seeing a secret",
  runsIn: "platform",
  owns: ["events.code"],
  endpoints: {
    issue: {
      subject: "natster.codes.issue",
      summary: "Make a code known by its id, what it is for, and the key that checks a claim",
      request: z.strictObject({
        id: CodeId,
        offer: CodeOffer,
        gate: Bytes32,
        /** The only account that may claim it; anybody with the code where nothing is said. */
        audience: AccountKey.optional(),
        /** Seconds until it runs out. */
        expiresIn: z
          .int()
          .min(1)
          .max(30 * 24 * 3600),
      }),
      reply: z.strictObject({ after: Sequence, expires: Instant }),
      errors: { code_used: 409, purpose_other: 422, not_allowed: 403, too_many_codes: 429 },
    },
    claim: {
      subject: "natster.codes.claim",
      summary: "Claim a code by proving knowledge of its secret; the first to do so is the only one",
      request: z.strictObject({ id: CodeId, transcript: ClaimTranscript, gate: Bytes32, peer: Bytes32 }),
      reply: z.strictObject({ after: Sequence, claim: Bytes32, expires: Instant }),
      errors: {
        code_unknown: 404,
        code_wrong: 403,
        code_claimed: 409,
        already_shared: 409,
        claims_invalid: 422,
        not_for_you: 403,
        handle_other: 403,
        registration_closed: 403,
      },
      access: "lobby",
    },
    fulfil: {
      subject: "natster.codes.fulfil",
      summary: "Leave the sealed answer to the claim of a code of the caller's",
      request: z.strictObject({ id: CodeId, claim: Bytes32, answer: SealedAnswer }),
      reply: z.strictObject({ after: Sequence }),
      errors: { code_unknown: 404, not_claimed: 409, claim_other: 409 },
      roles: ["owner", "server"],
    },
    collect: {
      subject: "natster.codes.collect",
      summary: "Fetch the sealed answer to a claim, any number of times until the code runs out",
      request: z.strictObject({ id: CodeId, claim: Bytes32 }),
      reply: z.discriminatedUnion("state", [
        /** The issuer has not answered yet. */
        z.strictObject({ state: z.literal("waiting"), expires: Instant }),
        z.strictObject({ state: z.literal("answered"), answer: SealedAnswer }),
        /** There is nothing to wait for: `accounts` registers the claimant of an enrol code by itself. */
        z.strictObject({ state: z.literal("none") }),
      ]),
      errors: { code_unknown: 404, not_claimed: 409, claim_other: 409 },
      access: "lobby",
    },
    cancel: {
      subject: "natster.codes.cancel",
      summary: "Take back a code of the caller's that nobody has claimed",
      request: z.strictObject({ id: CodeId }),
      reply: z.strictObject({ after: Sequence }),
      errors: { code_unknown: 404, code_claimed: 409 },
    },
    ...followerOps("codes"),
  },
});

/** What happened to a code. Each event names the issuer, under whom the code is listed. */
export const codeEvents = defineEvents({
  subject: "events.code",
  id: z.strictObject({ code: CodeId }),
  takesBack: ["cancelled", "expired"],
  types: {
    issued: z.strictObject({
      issuer: AccountKey,
      device: UserKey.optional(),
      offer: CodeOffer,
      audience: AccountKey.optional(),
      expires: Instant,
    }),
    /** `hash` tells one claim from another: the same claim gets the same answer again. */
    claimed: z.strictObject({ issuer: AccountKey, ...Claim.shape }),
    fulfilled: z.strictObject({ issuer: AccountKey, claim: Bytes32, answer: SealedAnswer }),
    cancelled: z.strictObject({ issuer: AccountKey }),
    /** It ran out before it was claimed, or before its claim was answered. */
    expired: z.strictObject({ issuer: AccountKey }),
  },
});

/** What the codes service keeps of a code until it runs out. Once it is claimed, nothing here checks a claim any more. */
export const openCodes = defineBucket({
  name: "open_codes",
  summary: "One-time codes until they run out: the key that checks a claim, and then the claim and its answer",
  row: z.discriminatedUnion("state", [
    z.strictObject({
      state: z.literal("open"),
      issuer: AccountKey,
      purpose: CodePurpose,
      gate: Bytes32,
      audience: AccountKey.optional(),
      /** The handle under which a newcomer has to register. */
      handle: Handle.optional(),
      expires: Instant,
    }),
    z.strictObject({
      state: z.literal("claimed"),
      issuer: AccountKey,
      purpose: CodePurpose,
      claim: Bytes32,
      answer: SealedAnswer.optional(),
      expires: Instant,
    }),
  ]),
});

/** How often somebody tried to claim a code without knowing its secret. */
export const CodeTries = z.strictObject({ count: z.int().positive(), last: Instant });

/** Rows `<issuer>.<code>`, gone when the code has run out. */
export const codeTries = defineBucket({
  name: "code_tries",
  summary: "How often somebody tried to claim a code without knowing its secret",
  row: CodeTries,
});
