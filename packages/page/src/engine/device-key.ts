/**
 * The key of this browser's device. Where the browser knows Ed25519, it is a key that signs and can never be read again,
 * not by this page either; elsewhere its seed is kept.
 */
import { decodeSeed } from "@natster/contracts";
import { keyFromSeed } from "@natster/trust";

/** A device's key as IndexedDB keeps it. */
export type StoredKey = CryptoKey | string;

/** What stands before the 32 bytes of a seed in PKCS #8 (RFC 8410). */
const pkcs8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

/** Takes in a user's seed. Throws where it is none. */
export async function storableKey(seed: string): Promise<StoredKey> {
  const decoded = decodeSeed(seed);
  if (decoded?.kind !== "user") throw new TypeError("not the seed of a user");
  try {
    const key = new Uint8Array([...pkcs8, ...decoded.seed]);
    return await crypto.subtle.importKey("pkcs8", key, "Ed25519", false, ["sign"]);
  } catch {
    // An older browser, which says so in several ways.
    return seed;
  }
}

/** Signs with a kept key. */
export async function signWith(key: StoredKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return typeof key === "string"
    ? keyFromSeed(key, "user").sign(bytes)
    : new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes));
}
