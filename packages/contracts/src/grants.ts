/** Grants: what an owner signs for others, asked for by the owner's devices that do not hold the account key. */
import * as z from "zod";
import { Bytes32 } from "./codes.ts";
import { defineService, sealed } from "./define.ts";
import { openErrors } from "./files.ts";
import { AccountKey, CatalogName, CodeId, InstanceId, Jwt, SignedText, UnixTime } from "./vocabulary.ts";

const atInstance = z.strictObject({ instance: InstanceId });

/** What may be signed: nothing but who may read which of the account's own catalogs. The signer writes every word of it. */
export const ToSign = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("grant"),
    catalog: CatalogName,
    recipient: AccountKey,
    /** When it runs out; never where nothing is said. */
    expires: UnixTime.optional(),
  }),
  z.strictObject({
    kind: z.literal("publication"),
    catalog: CatalogName,
    expires: UnixTime.optional(),
  }),
]);
export type ToSign = z.infer<typeof ToSign>;

/** A share code that another device of the account issues, as whoever answers its claim has to know it. */
export const ShareCodeRecord = z.strictObject({
  id: CodeId,
  catalog: CatalogName,
  /** When the claimant's grant runs out. */
  until: UnixTime.optional(),
  /** The only account that may claim it. */
  audience: AccountKey.optional(),
  peer: Bytes32,
  seal: Bytes32,
  expires: UnixTime,
});
export type ShareCodeRecord = z.infer<typeof ShareCodeRecord>;

const inside = {
  /** The account lets the device have nothing signed any more. */
  may_not_sign: 403,
  catalog_unknown: 404,
  /** What is to hold until then would be over already. */
  time_past: 422,
} as const;

export const grants = defineService({
  name: "grants",
  version: "0.1.0",
  description: "Signs what an account's devices ask for, with the account's key, which they do not hold",
  runsIn: "person",
  endpoints: {
    open: {
      subject: "grants.open",
      summary: "Open a session with whichever process holds the account's key",
      request: SignedText,
      reply: SignedText,
      errors: openErrors,
    },
    sign: sealed({
      subject: "grants.{instance}.sign",
      summary: "Sign a grant of one of the account's own catalogs, or that everybody may read it",
      params: atInstance,
      request: ToSign,
      reply: z.strictObject({ token: Jwt }),
      errors: { ...inside, recipient_self: 422 },
    }),
    keep: sealed({
      subject: "grants.{instance}.keep",
      summary: "Take over a share code, so as to answer whoever claims it once the asking device is gone",
      params: atInstance,
      request: ShareCodeRecord,
      reply: z.strictObject({}),
      errors: { ...inside, purpose_other: 422, code_kept: 409 },
    }),
    renew: {
      subject: "grants.renew",
      summary: "Sign the asking device's JWT anew, for as long as before, where it is in the last third of its time",
      request: SignedText,
      reply: z.strictObject({ jwt: Jwt }),
      errors: {
        malformed: 400,
        device_refused: 403,
        signature_wrong: 403,
        clock_differs: 422,
        /** It holds for long enough, or for ever. */
        too_early: 409,
        /** The platform does not know it, or knows that it was revoked. */
        device_unknown: 404,
      },
    },
  },
});

/** What is asked of a signing process under seal. */
export type SigningVerb = "sign" | "keep";
