/** A code that opens the page signed in. */
import { issueDeviceCode } from "@natster/person";
import { codesOfContext } from "../context/codes.ts";
import { type Passed, passedOn } from "../output/code.ts";
import type { Connected } from "../system/connect.ts";

/** As long as it may take somebody to find their phone. */
const lasts = 15 * 60;

/** Issues a code for a browser, which the serving process of this machine answers. */
export async function signInCode(person: Connected): Promise<Passed> {
  const { context } = person;
  const code = await issueDeviceCode(
    person,
    { name: "browser", role: "browser", maySign: true, expiresIn: lasts },
    codesOfContext(context),
  );
  return passedOn(code, context.page, lasts);
}
