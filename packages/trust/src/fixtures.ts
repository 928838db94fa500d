/** What tests of this package begin with: keys, names and a time. */
import { CatalogName, CodeId, Handle } from "@natster/contracts";
import { base64urlnopad } from "@scure/base";
import { type AnyKey, createKey } from "./key.ts";

export const now = 1_800_000_000;
export const alice = createKey("account");
export const bob = createKey("account");
export const device = createKey("user");
export const platform = createKey("account").public;
export const photos = CatalogName.parse("photos");
export const music = CatalogName.parse("music");
export const code = CodeId.parse("S7KQ2M4T");
export const kim = Handle.parse("kim");

/** What a JWT says, read without any check. */
export const claimsOf = (jwt: string): Record<string, unknown> & { nats: Record<string, unknown> } =>
  JSON.parse(new TextDecoder().decode(base64urlnopad.decode(jwt.split(".")[1] ?? "")));

/** Signs whatever it is given, however strange. */
export function signText(body: string, signer: AnyKey, header = `{"typ":"JWT","alg":"ed25519-nkey"}`): string {
  const encoded = [header, body].map((part) => base64urlnopad.encode(new TextEncoder().encode(part))).join(".");
  return `${encoded}.${base64urlnopad.encode(signer.sign(new TextEncoder().encode(encoded)))}`;
}

/** The same JWT with other claims, signed again: as it is, or with the fields of `nats` changed. */
export function resigned(
  jwt: string,
  signer: AnyKey,
  change: { [claim: string]: unknown; nats?: Record<string, unknown> },
): string {
  const claims = claimsOf(jwt);
  const changed = { ...claims, iss: signer.public, ...change, nats: { ...claims.nats, ...change.nats } };
  return signText(JSON.stringify(changed), signer);
}
