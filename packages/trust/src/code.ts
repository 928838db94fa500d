/**
 * One-time codes: `S7KQ2M4T-9PZD-WB3E-5HJN` in Crockford's base32, eight characters of public id and twelve of secret.
 * The issuer makes the code; from the secret both ends derive keys by which a claim is checked, and no server ever sees
 * the secret (design section 7).
 */
import { CodeId } from "@natster/contracts";
import type { ClaimTranscript } from "@natster/contracts/codes";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { base64urlnopad } from "@scure/base";

/** What a code is for, as the first character of its id says. */
export type CodePurpose = "enrol";
const firstOf = { enrol: "E" } as const satisfies Record<CodePurpose, string>;

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

/** Reads a code as somebody typed it: case, spaces and dashes do not matter, and O, I and L are read as they look. */
export function parseCode(text: string): Code | undefined {
  const characters = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const id = CodeId.safeParse(characters.slice(0, idLength));
  const secret = characters.slice(idLength);
  const purpose = (Object.keys(firstOf) as CodePurpose[]).find((each) => characters.startsWith(firstOf[each]));
  if (!id.success || !purpose || secret.length !== secretLength) return undefined;
  return secret.split("").every((character) => alphabet.includes(character))
    ? { id: id.data, purpose, secret }
    : undefined;
}

/**
 * Derives a code's keys: scrypt makes each guess at the secret cost a tenth of a second and 32 MiB, so that 60 bits
 * cannot be searched even by whoever holds `gate`.
 */
export async function codeKeys({ id, secret }: Code): Promise<CodeKeys> {
  const master = await scryptAsync(utf8ToBytes(secret), utf8ToBytes(`natster/code/1${id}`), {
    N: 2 ** 15,
    r: 8,
    p: 1,
    dkLen: 32,
  });
  const key = (name: string) => hkdf(sha256, master, undefined, utf8ToBytes(`natster/code/1/${name}`), 32);
  return { gate: key("gate") };
}

/**
 * The MAC of a claim: proves to whoever holds the key that the claimant knows the code's secret and claims it with
 * exactly these public keys.
 */
export function claimMac(key: Uint8Array, code: Pick<Code, "id" | "purpose">, transcript: ClaimTranscript): Uint8Array {
  const { account, user, claims } = transcript;
  return hmac(sha256, key, canonical("natster/claim/1", code.id, code.purpose, account, user, claims));
}

/** Whether two MACs are the same, in a time that does not depend on where they differ. */
export function equalMacs(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (let index = 0; index < one.length; index++) difference |= (one[index] ?? 0) ^ (other[index] ?? 0);
  return difference === 0;
}

/** The hash by which one claim is told from another. */
export const claimHash = (code: Pick<Code, "id" | "purpose">, transcript: ClaimTranscript): string =>
  base64urlnopad.encode(
    sha256(canonical("natster/claim/1", code.id, code.purpose, transcript.account, transcript.user, transcript.claims)),
  );

/** Fields one after another, each behind its length: no two lists of fields make the same bytes. */
const canonical = (...fields: readonly string[]): Uint8Array =>
  concatBytes(
    ...fields.flatMap((field) => {
      const bytes = utf8ToBytes(field);
      return [Uint8Array.of(bytes.length >>> 24, bytes.length >>> 16, bytes.length >>> 8, bytes.length), bytes];
    }),
  );
