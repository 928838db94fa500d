/** Authenticated encryption, AES-256-GCM, as the platform has it: Node at once, a browser by promise. */

/** What seals or opens under one key. A nonce must never be used twice to seal. */
export interface AeadKey {
  /** `head` as it is, and behind it everything that `parts` are together, sealed; the tag is at the end. */
  seal(sealing: Sealing): Uint8Array | Promise<Uint8Array>;
  /** What was sealed. Throws, or rejects, where anything differs. */
  open(opening: Opening): Uint8Array | Promise<Uint8Array>;
  /** Forgets the key; nothing can be sealed or opened with it any more. */
  forget(): void;
}

export interface Sealing {
  readonly head: Uint8Array;
  readonly nonce: Uint8Array;
  /** What is not in the message, but has to be the same at both ends. */
  readonly bound: Uint8Array;
  readonly parts: readonly Uint8Array[];
}

export interface Opening {
  readonly nonce: Uint8Array;
  readonly bound: Uint8Array;
  readonly sealed: Uint8Array;
}

/** How much longer than its content a sealed message is. */
export const tagLength = 16;
