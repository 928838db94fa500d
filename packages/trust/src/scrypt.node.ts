/** scrypt, by Node's own OpenSSL on a thread of its own: several times as fast as JavaScript, and in nobody's way. */
import { scrypt as derive } from "node:crypto";
import type { Scrypt } from "./scrypt.browser.ts";

export const scrypt: Scrypt = (secret, salt, { N, r, p, dkLen }) =>
  new Promise((resolve, reject) => {
    // Its own bound is 32 MiB and a little less than these parameters take.
    derive(secret, salt, dkLen, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
