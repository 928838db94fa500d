/** The text form of NATS keys: base32 of a type byte, the key and its CRC-16 (ADR-14). No cryptography happens here. */
import { base32nopad } from "@scure/base";

/** The type byte of each kind of key; its first letter in text follows from it. */
const prefixes = { operator: 14 << 3, account: 0, user: 20 << 3 } as const;
const seedPrefix = 18 << 3;

/** The kinds of keys that Natster uses. */
export type KeyKind = keyof typeof prefixes;

/** Writes a public key of 32 bytes as text. */
export const encodePublicKey = (kind: KeyKind, key: Uint8Array): string =>
  encode(Uint8Array.of(prefixes[kind], ...key));

/** Reads a public key in text form, or returns undefined where it is malformed, mistyped or of another kind. */
export function decodePublicKey(kind: KeyKind, text: string): Uint8Array | undefined {
  const bytes = decode(text);
  return bytes?.length === 33 && bytes[0] === prefixes[kind] ? bytes.slice(1) : undefined;
}

/** Writes a seed of 32 bytes as text. The result is a secret. */
export function encodeSeed(kind: KeyKind, seed: Uint8Array): string {
  // The kind's five bits straddle the two type bytes.
  const prefix = prefixes[kind];
  return encode(Uint8Array.of(seedPrefix | (prefix >> 5), (prefix & 31) << 3, ...seed));
}

/** Reads a seed in text form, or returns undefined where it is malformed or mistyped. */
export function decodeSeed(text: string): { kind: KeyKind; seed: Uint8Array } | undefined {
  const bytes = decode(text);
  if (bytes?.length !== 34) return undefined;
  const [first = 0, second = 0] = bytes;
  if ((first & 0xf8) !== seedPrefix) return undefined;
  const prefix = ((first & 7) << 5) | (second >> 3);
  const kind = (Object.keys(prefixes) as KeyKind[]).find((name) => prefixes[name] === prefix);
  return kind && { kind, seed: bytes.slice(2) };
}

function encode(body: Uint8Array): string {
  const sum = crc16(body);
  return base32nopad.encode(Uint8Array.of(...body, sum & 0xff, sum >> 8));
}

function decode(text: string): Uint8Array | undefined {
  try {
    const bytes = base32nopad.decode(text);
    const body = bytes.slice(0, -2);
    const [low = -1, high = -1] = bytes.slice(-2);
    return crc16(body) === (low | (high << 8)) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** CRC-16/XMODEM, the checksum at the end of every NATS key. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (crcOfByte[(crc >> 8) ^ byte] ?? 0);
  return crc;
}

const crcOfByte = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  return crc;
});
