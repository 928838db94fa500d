/** Key pairs: who signs, and how anybody checks it. */
import {
  AccountKey,
  decodePublicKey,
  decodeSeed,
  encodePublicKey,
  encodeSeed,
  type KeyKind,
  UserKey,
} from "@natster/contracts";
import * as ed25519 from "#ed25519";

/** A public key in text form, as precisely as its kind is known. */
export type PublicKey<K extends KeyKind = KeyKind> = {
  operator: string;
  account: AccountKey;
  user: UserKey;
}[K];

/** A key pair. It prints as its public key only, in logs and in JSON alike. */
export interface Key<K extends KeyKind = KeyKind> {
  readonly kind: K;
  /** The public key in text form: `O…`, `A…` or `U…`. */
  readonly public: PublicKey<K>;
  /** The seed in text form, a secret: for the file that it is kept in, and for nothing else. */
  seed(): string;
  /** Proves to everybody who knows the public key that its holder signed exactly these bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** A key of any kind; comparing `kind` tells which. */
export type AnyKey = { [K in KeyKind]: Key<K> }[KeyKind];

/** Makes a new key pair from the system's own randomness. */
export const createKey = <K extends KeyKind>(kind: K): Key<K> =>
  new KeyPair(kind, crypto.getRandomValues(new Uint8Array(32)));

/** The key pair of a seed in text form. Throws where it is not a seed, or not of the kind that is wanted. */
export function keyFromSeed(seed: string): AnyKey;
export function keyFromSeed<K extends KeyKind>(seed: string, kind: K): Key<K>;
export function keyFromSeed(seed: string, kind?: KeyKind): Key {
  const decoded = decodeSeed(seed.trim());
  // The text may be a secret with a typing error in it: it stays out of the message.
  if (!decoded) throw new TypeError("not a seed: malformed or mistyped");
  if (kind && decoded.kind !== kind) throw new TypeError(`the seed of ${decoded.kind}, not of ${kind}`);
  return new KeyPair(decoded.kind, decoded.seed);
}

/**
 * Whether the holder of a public key signed these bytes. It says nothing about who that is or what they may: the
 * callers compare the key with the one that they expect.
 */
export function verify(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const kind = kindOf(publicKey);
  const raw = kind && decodePublicKey(kind, publicKey);
  return raw !== undefined && signature.length === 64 && ed25519.verify(raw, bytes, signature);
}

/** The kind that the first letter of a public key names, or undefined where it is none of ours. */
export const kindOf = (publicKey: string): KeyKind | undefined =>
  ({ O: "operator", A: "account", U: "user" } as Record<string, KeyKind>)[publicKey.slice(0, 1)];

const texts: { readonly [K in KeyKind]: (raw: Uint8Array) => PublicKey<K> } = {
  operator: (raw) => encodePublicKey("operator", raw),
  account: (raw) => AccountKey.parse(encodePublicKey("account", raw)),
  user: (raw) => UserKey.parse(encodePublicKey("user", raw)),
};

class KeyPair<K extends KeyKind> implements Key<K> {
  readonly kind: K;
  readonly public: PublicKey<K>;
  readonly #seed: Uint8Array;
  readonly #sign: (bytes: Uint8Array) => Uint8Array;

  constructor(kind: K, seed: Uint8Array) {
    const { publicKey, sign } = ed25519.fromSeed(seed);
    this.kind = kind;
    this.public = texts[kind](publicKey);
    this.#seed = seed;
    this.#sign = sign;
  }

  seed(): string {
    return encodeSeed(this.kind, this.#seed);
  }

  sign(bytes: Uint8Array): Uint8Array {
    return this.#sign(bytes);
  }

  toJSON(): string {
    return this.public;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.public;
  }
}
