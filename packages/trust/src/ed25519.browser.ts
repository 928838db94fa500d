/** Ed25519 for browsers: WebCrypto's is asynchronous and not everywhere. The signatures are the same as Node's. */
import { ed25519 } from "@noble/curves/ed25519.js";

// The table that it makes at the first use: an eighth of its usual size takes half of the time to the first signature or
// verification, and those that follow take no longer.
ed25519.Point.BASE.precompute(5);

/** The public key of a seed, and a function that signs with it. */
export function fromSeed(seed: Uint8Array): { publicKey: Uint8Array; sign: (bytes: Uint8Array) => Uint8Array } {
  const secret = seed.slice();
  return { publicKey: ed25519.getPublicKey(secret), sign: (bytes) => ed25519.sign(bytes, secret) };
}

/** Whether the holder of the public key signed these bytes. */
export function verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  // It throws where the lengths are wrong, and Node answers false.
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return ed25519.verify(signature, bytes, publicKey, { zip215: false });
}
