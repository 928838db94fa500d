/** Texts that are signed as they are: what is signed and what is read are the same bytes, in no other spelling. */
import type { SignedText } from "@natster/contracts";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, fromBase64Url, toBase64Url, utf8 } from "./bytes.ts";
import { verify } from "./key.ts";

/** Whoever signs: a `Key`, or a key that a browser signs with in its own time and lets nobody read. */
export interface Signer {
  sign(bytes: Uint8Array<ArrayBuffer>): Uint8Array | Promise<Uint8Array>;
}

/**
 * Signs a text under a heading, which says what kind of text it is, and together with bytes that the reader has too.
 * Neither can be taken for a text of another kind, or for one that goes with other bytes.
 */
export const signText = async (
  key: Signer,
  heading: string,
  text: string,
  bound?: Uint8Array,
): Promise<SignedText> => ({
  text,
  signature: toBase64Url(await key.sign(signedBytes(heading, text, bound))),
});

/** Whether the holder of this key signed the text so. */
export function verifyText(
  signer: string,
  heading: string,
  { text, signature }: SignedText,
  bound?: Uint8Array,
): boolean {
  try {
    return verify(signer, signedBytes(heading, text, bound), fromBase64Url(signature));
  } catch {
    return false;
  }
}

/** SHA-256 of what is signed: names the text with its heading. */
export const hashOfText = (heading: string, text: string): Uint8Array => sha256(signedBytes(heading, text));

/** What a text says as JSON, or undefined where it is no JSON. */
export function parseText({ text }: SignedText): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By how many seconds the clocks of two sides may differ, either way, where a text says when it was signed. */
export const clockWindow = 5 * 60;

const signedBytes = (heading: string, text: string, bound: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> =>
  concat(utf8(`${heading}\n`), bound, utf8(text));
