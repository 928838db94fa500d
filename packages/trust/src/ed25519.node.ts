/** Ed25519 with Node's own cryptography. `#ed25519` means this file, except in a browser. */
import { createPrivateKey, createPublicKey, sign as nodeSign, verify as nodeVerify } from "node:crypto";

/** What stands before the 32 bytes of a seed in PKCS #8, and before those of a public key in SPKI (RFC 8410). */
const pkcs8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
const spki = Uint8Array.of(0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0);

/** The public key of a seed, and a function that signs with it. */
export function fromSeed(seed: Uint8Array): { publicKey: Uint8Array; sign: (bytes: Uint8Array) => Uint8Array } {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(spki.length);
  return { publicKey: new Uint8Array(publicKey), sign: (bytes) => new Uint8Array(nodeSign(null, bytes, key)) };
}

/** Whether the holder of the public key signed these bytes. */
export function verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.concat([spki, publicKey]), format: "der", type: "spki" });
  return nodeVerify(null, bytes, key, signature);
}
