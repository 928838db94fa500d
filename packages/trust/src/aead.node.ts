/** AES-256-GCM with Node's own cryptography, four times as fast as its WebCrypto. `#aead` means this file in Node. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { type AeadKey, tagLength } from "./aead.ts";

/** Takes the key over: it is overwritten when it is forgotten. */
export function aeadKey(key: Uint8Array): AeadKey {
  let forgotten = false;
  const here = () => {
    if (forgotten) throw new Error("the key is forgotten");
    return key;
  };
  return {
    seal({ head, nonce, bound, parts }) {
      const cipher = createCipheriv("aes-256-gcm", here(), nonce, { authTagLength: tagLength }).setAAD(bound);
      const sealed = parts.map((part) => cipher.update(part));
      return Buffer.concat([head, ...sealed, cipher.final(), cipher.getAuthTag()]);
    },
    open({ nonce, bound, sealed }) {
      const end = sealed.length - tagLength;
      if (end < 0) throw new Error("too short to be sealed");
      const decipher = createDecipheriv("aes-256-gcm", here(), nonce, { authTagLength: tagLength })
        .setAAD(bound)
        .setAuthTag(sealed.subarray(end));
      const content = decipher.update(sealed.subarray(0, end));
      // Throws where the tag is wrong; nothing was given out before.
      decipher.final();
      return content;
    },
    forget() {
      forgotten = true;
      key.fill(0);
    },
  };
}
