/** AES-256-GCM with WebCrypto: what `#aead` means in a browser. Node's tests hold it against the other one. */
import { type AeadKey, tagLength } from "./aead.ts";

/** Takes the key over: the bytes are overwritten when WebCrypto has it, which lets nobody export it. */
export function aeadKey(key: Uint8Array<ArrayBuffer>): AeadKey {
  const importing = crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
  importing.finally(() => key.fill(0)).catch(() => {});
  let imported: typeof importing | undefined = importing;
  const here = () => imported ?? Promise.reject(new Error("the key is forgotten"));
  const algorithm = (nonce: Uint8Array, bound: Uint8Array) => ({
    name: "AES-GCM",
    iv: plain(nonce),
    additionalData: plain(bound),
    tagLength: tagLength * 8,
  });
  return {
    async seal({ head, nonce, bound, parts }) {
      const sealed = await crypto.subtle.encrypt(algorithm(nonce, bound), await here(), joined(parts));
      return joined([head, new Uint8Array(sealed)]);
    },
    async open({ nonce, bound, sealed }) {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm(nonce, bound), await here(), plain(sealed)));
    },
    forget() {
      imported = undefined;
    },
  };
}

/** WebCrypto takes no memory that threads share; what is not that is passed on as it is. */
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes.slice();

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
