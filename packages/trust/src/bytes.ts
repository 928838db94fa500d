/** Bytes put together, as signatures and hashes want them. */
import { base64urlnopad } from "@scure/base";

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The bytes one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const toBase64Url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes);

/** The bytes of a text that has passed the schema. Throws where the last character carries bits too many. */
export const fromBase64Url = (text: string): Uint8Array => base64urlnopad.decode(text);
