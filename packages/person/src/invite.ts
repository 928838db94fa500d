/** Inviting: an administrator makes a code with which somebody may register. */
import { type Code, codeKeys, createCode } from "@natster/trust";
import { toBase64Url } from "./base64url.ts";
import type { Person } from "./person.ts";

/** Issues an enrol code. Its secret stays here: the platform learns only how to check a claim. */
export async function invite({ codes }: Person, { expiresIn = 7 * 24 * 3600 } = {}): Promise<Code> {
  const code = createCode("enrol");
  const { gate } = await codeKeys(code);
  await codes.issue({ id: code.id, purpose: code.purpose, gate: toBase64Url(gate), expiresIn });
  return code;
}
