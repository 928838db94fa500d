/** Bytes in base64url, in Node and in a browser. */
import { base64urlnopad } from "@scure/base";

export const toBase64Url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes);
export const fromBase64Url = (text: string): Uint8Array => base64urlnopad.decode(text);
