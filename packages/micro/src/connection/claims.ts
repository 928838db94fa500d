/** The claims of a JWT that nats-server verifies, here or when its user connected: they are only read. */

/** What a JWT claims, unchecked; undefined where it is not a JWT. */
export function readClaims(jwt: string): unknown {
  try {
    return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
  } catch {
    return undefined;
  }
}
