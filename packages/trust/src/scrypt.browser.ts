/** scrypt where there is no Node: WebCrypto has none. It pauses for whatever else the page has to do. */
import { scryptAsync } from "@noble/hashes/scrypt.js";

/** Derives a key from a secret, at a cost in time and memory (RFC 7914). */
export type Scrypt = (
  secret: Uint8Array,
  salt: Uint8Array,
  cost: { readonly N: number; readonly r: number; readonly p: number; readonly dkLen: number },
) => Promise<Uint8Array>;

export const scrypt: Scrypt = scryptAsync;
