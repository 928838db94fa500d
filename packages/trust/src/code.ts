/**
 * One-time codes: `S7KQ2M4T-9PZD-WB3E-5HJN` in Crockford's base32, eight characters of public id and twelve of secret.
 * The issuer makes the code; from the secret both ends derive keys by which a claim is checked, and no server ever sees
 * the secret (design section 7).
 */
import { CodeId } from "@natster/contracts";
import type { ClaimTranscript, CodePurpose } from "@natster/contracts/codes";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { base64urlnopad } from "@scure/base";
import { scrypt } from "#scrypt";

/** What a code is for, as the first character of its id says. */
const firstOf = { device: "D", share: "S", enrol: "E" } as const satisfies Record<CodePurpose, string>;

/** A code as its issuer or its claimant holds it. The secret goes to no server. */
export interface Code {
  readonly id: CodeId;
  readonly purpose: CodePurpose;
  readonly secret: string;
}

/** The keys that follow from a code. */
export interface CodeKeys {
  /** Given to the codes service: it checks that a claimant knows the secret, and opens nothing. */
  readonly gate: Uint8Array;
  /** Given to nobody: the issuer checks a claim with it, so that it holds against the platform as well. */
  readonly peer: Uint8Array;
  /** Given to nobody: the answer to a claim is sealed with it, besides the claimant's key. */
  readonly seal: Uint8Array;
}

/** Crockford's base32: no I, L, O or U, so that nothing looks like something else. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const idLength = 8;
const secretLength = 12;

/** Makes a code with 60 random bits of secret. */
export function createCode(purpose: CodePurpose): Code {
  const characters = (count: number) =>
    Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => alphabet[byte & 31]).join("");
  return {
    id: CodeId.parse(firstOf[purpose] + characters(idLength - 1)),
    purpose,
    secret: characters(secretLength),
  };
}

/** Writes a code as people pass it on. The result is a secret until it is claimed. */
export const formatCode = ({ id, secret }: Code): string => [id, ...(secret.match(/.{4}/g) ?? [])].join("-");

/** The purpose that a code's id names. */
export const purposeOf = (id: CodeId): CodePurpose | undefined =>
  (Object.keys(firstOf) as CodePurpose[]).find((purpose) => id.startsWith(firstOf[purpose]));

/** Reads a code as somebody typed it: case, spaces and dashes do not matter, and O, I and L are read as they look. */
export function parseCode(text: string): Code | undefined {
  const characters = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const id = CodeId.safeParse(characters.slice(0, idLength));
  const secret = characters.slice(idLength);
  const purpose = id.data && purposeOf(id.data);
  if (!id.success || !purpose || secret.length !== secretLength) return undefined;
  return secret.split("").every((character) => alphabet.includes(character))
    ? { id: id.data, purpose, secret }
    : undefined;
}

/** A link whose fragment holds a code: a browser sends the fragment to no server. */
export const codeLink = (page: string, code: Code): string => `${page.replace(/[#?].*$/, "")}#code=${formatCode(code)}`;

/** Reads a code from a link, or from what somebody typed. */
export function readCode(text: string): Code | undefined {
  const [, fragment] = text.trim().split("#", 2);
  return parseCode(fragment === undefined ? text : (new URLSearchParams(fragment).get("code") ?? ""));
}

/**
 * Derives a code's keys: scrypt makes each guess at the secret cost a tenth of a second and 32 MiB, so that 60 bits
 * cannot be searched even by whoever holds `gate`.
 */
export async function codeKeys({ id, secret }: Pick<Code, "id" | "secret">): Promise<CodeKeys> {
  const master = await scrypt(utf8ToBytes(secret), utf8ToBytes(`natster/code/1${id}`), {
    N: 2 ** 15,
    r: 8,
    p: 1,
    dkLen: 32,
  });
  const key = (name: keyof CodeKeys) =>
    hkdf(sha256, master, undefined, utf8ToBytes(`natster/code/1/${purposeOf(id) ?? ""}/${name}`), 32);
  return { gate: key("gate"), peer: key("peer"), seal: key("seal") };
}

/**
 * The MAC of a claim: proves to whoever holds the key that the claimant knows the code's secret and claims it with
 * exactly these public keys.
 */
export const claimMac = (key: Uint8Array, id: CodeId, transcript: ClaimTranscript): string =>
  base64urlnopad.encode(hmac(sha256, key, canonicalClaim(id, transcript)));

/** The hash by which one claim is told from another. */
export const claimHash = (id: CodeId, transcript: ClaimTranscript): string =>
  base64urlnopad.encode(sha256(canonicalClaim(id, transcript)));

/** Whether two MACs are the same, in a time that does not depend on where they differ. */
export function equalMacs(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let index = 0; index < one.length; index++) difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  return difference === 0;
}

/**
 * The canonical transcript: each field behind its length, four bytes big-endian, so that no two claims make the same
 * bytes. What a claim does not have is an empty field.
 */
export function canonicalClaim(id: CodeId, { account, user, answerTo, claims }: ClaimTranscript): Uint8Array {
  const fields = ["natster/claim/1", id, purposeOf(id), account, user, answerTo, claims];
  return concatBytes(
    ...fields.flatMap((field = "") => {
      const bytes = utf8ToBytes(field);
      return [Uint8Array.of(bytes.length >>> 24, bytes.length >>> 16, bytes.length >>> 8, bytes.length), bytes];
    }),
  );
}
