/**
 * What leaves a device under a passphrase: sealed by AES-256-GCM with a key that scrypt derives. The form is JSON, and
 * says of itself how it was made; docs/recovery.md describes it.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { base64urlnopad } from "@scure/base";
import { scrypt } from "#scrypt";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";

export type PassphraseReason =
  /** It is something else, or of a form that this version does not read. */
  | "not_sealed"
  /** It is not what was written: something in it was lost or changed. */
  | "damaged"
  | "passphrase_wrong";

/** About half a second and 128 MiB for each guess: it protects keys for years, against whoever has the file. */
const cost = { N: 2 ** 17, r: 8, p: 1 } as const;

/**
 * How many characters a new passphrase has at the least. NIST SP 800-63B-4 asks for 15 where a password is all that is
 * needed and for 8 where it is one of two things: here the other is the file, but whoever has that guesses without limit,
 * at the cost above.
 */
export const leastPassphrase = 12;

const Base64Url = z.string().regex(/^[\w-]+$/);
const Header = z.strictObject({
  format: z.literal("natster/sealed/1"),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    // Whoever made the file chooses what opening it costs: within reason.
    N: z
      .int()
      .min(2 ** 14)
      .max(2 ** 20),
    r: z.int().min(1).max(16),
    p: z.int().min(1).max(4),
    salt: Base64Url,
  }),
  cipher: z.strictObject({ name: z.literal("AES-256-GCM"), iv: Base64Url }),
});
/** `check` is SHA-256 of everything else: it tells a damaged file from a wrong passphrase, and protects nothing. */
const Sealed = Header.extend({ data: Base64Url, check: Base64Url });

/** Seals bytes under a passphrase. Whoever has the result has to guess the passphrase, at the cost of scrypt. */
export async function sealWithPassphrase(bytes: Uint8Array, passphrase: string): Promise<string> {
  const header: z.infer<typeof Header> = {
    format: "natster/sealed/1",
    kdf: { name: "scrypt", ...cost, salt: random(32) },
    cipher: { name: "AES-256-GCM", iv: random(12) },
  };
  const key = await keyFrom(passphrase, header.kdf);
  const data = encode(new Uint8Array(await crypto.subtle.encrypt(parameters(header), key, new Uint8Array(bytes))));
  return `${JSON.stringify({ ...header, data, check: checkOf(header, data) }, null, 2)}\n`;
}

/** Opens what was sealed under a passphrase: it is, byte for byte, what somebody sealed who knew it. */
export async function openWithPassphrase(
  text: string,
  passphrase: string,
): Promise<Checked<{ bytes: Uint8Array }, PassphraseReason>> {
  const said = parse(text);
  // What breaks off is no JSON any more, and still says what it was.
  if (said === undefined && text.includes(`"${Header.shape.format.value}"`)) return refused("damaged");
  const sealed = Sealed.safeParse(said);
  if (!sealed.success) return refused("not_sealed");
  const { data, check, ...header } = sealed.data;
  if (check !== checkOf(header, data)) return refused("damaged");
  const key = await keyFrom(passphrase, header.kdf);
  try {
    const opened = await crypto.subtle.decrypt(parameters(header), key, new Uint8Array(base64urlnopad.decode(data)));
    return { bytes: new Uint8Array(opened) };
  } catch {
    return refused("passphrase_wrong");
  }
}

/** Two people may type the same letters as different characters: NFKC makes them one. */
async function keyFrom(passphrase: string, { N, r, p, salt }: z.infer<typeof Header>["kdf"]) {
  const secret = utf8ToBytes(passphrase.normalize("NFKC"));
  const raw = await scrypt(secret, base64urlnopad.decode(salt), { N, r, p, dkLen: 32 });
  return crypto.subtle.importKey("raw", new Uint8Array(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** The header is covered too: nobody changes how the file says that it was made. */
const parameters = (header: z.infer<typeof Header>) => ({
  name: "AES-GCM",
  iv: new Uint8Array(base64urlnopad.decode(header.cipher.iv)),
  additionalData: new Uint8Array(utf8ToBytes(JSON.stringify(Header.parse(header)))),
});

const checkOf = (header: z.infer<typeof Header>, data: string): string =>
  encode(sha256(utf8ToBytes(JSON.stringify({ ...Header.parse(header), data }))));

const encode = (bytes: Uint8Array): string => base64urlnopad.encode(bytes);
const random = (length: number): string => encode(crypto.getRandomValues(new Uint8Array(length)));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
