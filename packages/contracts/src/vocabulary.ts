/**
 * The words that everyone says the same way. A value becomes a subject token or a bucket key only through one of
 * these schemas, which admit only characters that are safe there.
 */
import * as z from "zod";
import { decodePublicKey } from "./nkey.ts";

/** The public key of an account: who somebody is. */
export const AccountKey = z
  .string()
  .regex(/^A[A-Z2-7]{55}$/)
  .refine((key) => decodePublicKey("account", key) !== undefined, "not a valid account key")
  .brand<"AccountKey">();
export type AccountKey = z.infer<typeof AccountKey>;

/** The public key of a user: one device of an account. */
export const UserKey = z
  .string()
  .regex(/^U[A-Z2-7]{55}$/)
  .refine((key) => decodePublicKey("user", key) !== undefined, "not a valid user key")
  .brand<"UserKey">();
export type UserKey = z.infer<typeof UserKey>;

/** The name of a catalog, unique among its owner's. */
export const CatalogName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "lower-case letters, digits and inner dashes, at most 64")
  .brand<"CatalogName">();
export type CatalogName = z.infer<typeof CatalogName>;

/** The name that a person goes by, unique in the system. */
export const Handle = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{1,30}[a-z0-9])$/, "3 to 32 lower-case letters, digits and inner dashes")
  .brand<"Handle">();
export type Handle = z.infer<typeof Handle>;

/** The public part of a one-time code: eight characters of Crockford's base32, of which the first says the purpose. */
export const CodeId = z
  .string()
  .regex(/^[DSE][0-9A-HJKMNP-TV-Z]{7}$/, "D, S or E and seven characters of Crockford's base32")
  .brand<"CodeId">();
export type CodeId = z.infer<typeof CodeId>;

/** The name of one serving process among those that serve the same catalog. */
export const InstanceId = z
  .string()
  .regex(/^[A-Za-z0-9]{8,32}$/)
  .brand<"InstanceId">();
export type InstanceId = z.infer<typeof InstanceId>;

/** SHA-256 of a file's content, as 64 hexadecimal digits. */
export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<"Digest">();
export type Digest = z.infer<typeof Digest>;

/** A position in the event log. */
export const Sequence = z.int().nonnegative();
export type Sequence = z.infer<typeof Sequence>;

/** A moment, as ISO 8601 in UTC. */
export const Instant = z.iso.datetime();
export type Instant = z.infer<typeof Instant>;

/** A moment in whole seconds since 1970, as JWTs count. */
export const UnixTime = z.int().nonnegative();
export type UnixTime = z.infer<typeof UnixTime>;

/** A signed JWT in its three-part text form. What it proves is for `trust` to say. */
export const Jwt = z
  .string()
  .max(16_384)
  .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/, "three parts of base64url");
export type Jwt = z.infer<typeof Jwt>;

/** An activation token: a grant. Three times as long as those that are written here; a recipient's JWT holds hundreds. */
export const GrantToken = Jwt.max(2_048);

/** Bytes as text: base64url without padding. */
export const Base64Url = z.string().regex(/^(?:[\w-]{4})*(?:[\w-]{2,3})?$/, "base64url without padding");
/** 32 bytes as text: a public key, or a hash. */
export const Base64Url32 = z.string().regex(/^[\w-]{43}$/, "32 bytes as base64url");

/** 64 bytes as text: a signature. */
const Base64Url64 = z.string().regex(/^[\w-]{86}$/, "64 bytes as base64url");

/** A text, and an Ed25519 signature over it; by whom, and under which heading, is for `trust` to say. */
export const SignedText = z.strictObject({ text: z.string().max(32_768), signature: Base64Url64 });
export type SignedText = z.infer<typeof SignedText>;

/** A few words for people: one line. */
export const Label = z
  .string()
  .max(256)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "one line without control characters");

/** The content of a file, or a part of it, as it is. */
export const Bytes = z
  .custom<Uint8Array>((value) => value instanceof Uint8Array, "bytes")
  .meta({ type: "string", contentEncoding: "binary", contentMediaType: "application/octet-stream" });
export type Bytes = z.infer<typeof Bytes>;

/** What a device may do; written in its user JWT by its account's key. */
export const Role = z.enum(["owner", "browser", "server"]);
export type Role = z.infer<typeof Role>;

/** Where the next page begins; what is in it is the service's own affair. */
export const Cursor = z.string().max(64).regex(/^\w+$/);
/** How many rows a page has at the most. */
export const PageSize = z.int().min(1).max(500);
