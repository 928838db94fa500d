/** AES-256-GCM with Node's own cryptography, four times as fast as its WebCrypto. `#aead` means this file in Node. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { type AeadKey, tagLength } from "./aead.ts";
import { letGo } from "./let-go.ts";

/** Takes the key over: those bytes are overwritten at once, and what holds it from then on is let go at the end. */
export function aeadKey(bytes: Uint8Array): AeadKey {
  let held: KeyObject | undefined = createSecretKey(bytes);
  bytes.fill(0);
  const here = () => {
    if (!held) throw new Error("the key is forgotten");
    return held;
  };
  return {
    seal({ head, nonce, bound, parts }) {
      const cipher = createCipheriv("aes-256-gcm", here(), nonce, { authTagLength: tagLength }).setAAD(bound);
      const length = parts.reduce((sum, part) => sum + part.length, head.length + tagLength);
      const frame = Buffer.allocUnsafeSlow(length);
      frame.set(head);
      let at = head.length;
      for (const part of parts) {
        for (let done = 0; done < part.length; done += piece) {
          // Piece by piece, so that what lies between is small enough to stay in the processor's cache.
          const sealed = cipher.update(part.subarray(done, done + piece));
          frame.set(sealed, at + done);
          letGo(sealed);
        }
        at += part.length;
      }
      cipher.final();
      frame.set(cipher.getAuthTag(), at);
      return frame;
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
      held = undefined;
    },
  };
}

const piece = 64 * 1024;
