/**
 * NATS JWTs, version 2 (`ed25519-nkey`): written as a pure function of their claims, and read with a fast verification.
 * `@nats-io/jwt` lends its types; it stamps the time itself and verifies in tens of milliseconds.
 */
import { UnixTime } from "@natster/contracts";
import { sha512_256 } from "@noble/hashes/sha2.js";
import { base32nopad, base64urlnopad } from "@scure/base";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";
import { type AnyKey, kindOf, verify } from "./key.ts";

/** What a JWT says, before somebody signs it. */
export interface Claims<Nats extends object = Record<string, unknown>> {
  /** Whom it is for: `NATS`, where it says nothing. */
  readonly aud?: string;
  readonly exp?: UnixTime;
  readonly iat: UnixTime;
  readonly name: string;
  readonly nbf?: UnixTime;
  /** Whom it is about: a public key. */
  readonly sub: string;
  readonly nats: Nats & { readonly type: string; readonly version: 2 };
}

/** What a signed JWT says: its claims, who signed them, and their hash. */
export interface SignedClaims<Nats extends object = Record<string, unknown>> extends Claims<Nats> {
  readonly iss: string;
  readonly jti: string;
}

export type JwtReason = "malformed" | "signature_wrong";

/**
 * Signs claims: proves to everybody that the signer said exactly this. The same claims and signer make the same text,
 * byte for byte; `jti` is the SHA-512/256 of the claims in base32, as in NATS's own library.
 */
export function encodeJwt<Nats extends object>(claims: Claims<Nats>, signer: AnyKey): string {
  const { aud, exp, iat, name, nbf, sub, nats } = claims;
  const unnamed = { aud, exp, iat, iss: signer.public, name, nbf, sub, nats };
  const jti = base32nopad.encode(sha512_256(utf8(JSON.stringify(unnamed))));
  const signed = `${header}.${base64urlnopad.encode(utf8(JSON.stringify({ ...unnamed, jti })))}`;
  return `${signed}.${base64urlnopad.encode(signer.sign(utf8(signed)))}`;
}

/**
 * Reads a JWT and verifies that the issuer it names signed it. It proves neither that the issuer may say this nor that
 * it holds now: that is for those who read one kind of JWT.
 *
 * Only one spelling of a JWT is read, the one that JSON.stringify writes: a name given twice is read differently by
 * nats-server and by us, so that a signed text could mean two things.
 */
export function readJwt(text: string): Checked<SignedClaims, JwtReason> {
  const [head, body, tail, ...rest] = text.length > maxLength ? [] : text.split(".");
  if (!head || !body || !tail || rest.length > 0) return refused("malformed");
  const claims = SignedClaims.safeParse(parseStrictly(body));
  const signature = decode(tail);
  if (!Header.safeParse(parseStrictly(head)).success || !claims.success || !signature) return refused("malformed");
  const signed = utf8(`${head}.${body}`);
  return verify(claims.data.iss, signed, signature) ? claims.data : refused("signature_wrong");
}

/** The longest JWT that nats-server reads. */
const maxLength = 1024 * 1024;

const Header = z.strictObject({ typ: z.literal("JWT"), alg: z.literal("ed25519-nkey") });

const SignedClaims = z.strictObject({
  aud: z.string().exactOptional(),
  exp: UnixTime.exactOptional(),
  iat: UnixTime,
  iss: z.string().refine((issuer) => kindOf(issuer) !== undefined),
  jti: z.string(),
  name: z.string().default(""),
  nbf: UnixTime.exactOptional(),
  sub: z.string(),
  nats: z.looseObject({ type: z.string(), version: z.literal(2) }),
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const header = base64urlnopad.encode(utf8(JSON.stringify({ typ: "JWT", alg: "ed25519-nkey" })));

/** The value that a part holds, or undefined where it is not base64url of UTF-8 of JSON in its one spelling. */
function parseStrictly(part: string): unknown {
  const bytes = decode(part);
  if (!bytes) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function decode(part: string): Uint8Array | undefined {
  try {
    return base64urlnopad.decode(part);
  } catch {
    return undefined;
  }
}
