/** JWTs that say something else than what was signed, or that were signed by somebody else. */
import { type AnyKey, encodeJwt, readJwt } from "@natster/trust";
import * as z from "zod";

/** The same JWT with other claims, under the signature of the first. */
export function rewritten(jwt: string, claims: Readonly<Record<string, unknown>>): string {
  const [head, body = "", signature] = jwt.split(".");
  const said = Json.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
  return [head, Buffer.from(JSON.stringify({ ...said, ...claims })).toString("base64url"), signature].join(".");
}

/** The same JWT with other claims, signed anew; what stands under `nats` is taken over where it is not named. */
export function resigned(
  jwt: string,
  by: AnyKey,
  { nats, ...claims }: Readonly<{ nats?: Readonly<Record<string, unknown>> } & Record<string, unknown>>,
): string {
  const read = readJwt(jwt);
  if (read.refused !== undefined) throw new Error(`not a JWT: ${read.refused}`);
  const { iss: _iss, jti: _jti, ...said } = read;
  return encodeJwt({ ...said, ...claims, nats: { ...said.nats, ...nats } }, by);
}

const Json = z.record(z.string(), z.unknown());
