/** Creds: the text file in which a device keeps its user JWT and the key that goes with it. */
import { AccountKey, type UserKey } from "@natster/contracts";
import { base64urlnopad } from "@scure/base";
import { readJwt, type SignedClaims } from "./jwt.ts";
import { type Key, keyFromSeed } from "./key.ts";

/** A user JWT and the user's own key. */
export interface Creds {
  readonly jwt: string;
  readonly key: Key<"user">;
}

/** Writes creds in the form that every NATS tool reads. The result is a secret. */
export const formatCreds = (jwt: string, key: Key<"user">): string => `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
${key.seed()}
------END USER NKEY SEED------
`;

/** Reads creds. Throws where the text is not creds, or its JWT was not signed for its key. */
export function parseCreds(text: string): Creds {
  const { jwt, key } = readCreds(text);
  return { jwt, key };
}

/** Whose creds these are. They prove it to nats-server; to the one who holds them they are a note. */
export function userOf(text: string): { user: UserKey; account: AccountKey } {
  const { key, account } = readCreds(text);
  return { user: key.public, account };
}

/** Reads creds with all that they say, verified once: where that takes tens of milliseconds. Throws as `parseCreds`. */
export function readCreds(text: string): Creds & { readonly account: AccountKey; readonly claims: SignedClaims } {
  const jwt = block(text, "NATS USER JWT");
  const claims = readJwt(jwt);
  if (claims.refused !== undefined) throw new TypeError(`creds hold a JWT that is ${claims.refused}`);
  const key = keyFromSeed(block(text, "USER NKEY SEED"), "user");
  if (claims.sub !== key.public) throw new TypeError("creds hold a JWT that is for another key");
  return { jwt, key, claims, account: AccountKey.parse(claims.nats["issuer_account"] ?? claims.iss) };
}

/** How a client answers nats-server's challenge: proves to it, at each connect, that it holds the user's key. */
export const authenticator =
  ({ jwt, key }: Creds) =>
  (nonce?: string): { jwt: string; nkey: string; sig: string } => ({
    jwt,
    nkey: key.public,
    sig: base64urlnopad.encode(key.sign(new TextEncoder().encode(nonce))),
  });

function block(text: string, title: string): string {
  const found = new RegExp(`^-{3,}BEGIN ${title}-{3,}\\s*$\\s*^(\\S+)\\s*$\\s*^-{3,}END ${title}-{3,}\\s*$`, "m").exec(
    text,
  );
  if (!found?.[1]) throw new TypeError(`not creds: there is no ${title}`);
  return found[1];
}
