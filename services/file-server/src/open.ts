import type { files } from "@natster/contracts/files";
import type { SignedText } from "@natster/contracts";
import { type Call, type Refusal, refuse } from "@natster/micro";
import type { OpenRefused } from "@natster/trust";
import type { Sessions } from "./sessions.ts";

/** What opens a session, of whichever purpose: the request, the reply and the refusals are the same. */
type Open = Pick<(typeof files)["endpoints"]["open"], "errors">;
type Opened = Pick<Call<(typeof files)["endpoints"]["open"]>, "request" | "from">;

/** Opens a session, where what the account keys of both sides signed allows it. */
export const open =
  (endpoint: Open, sessions: Sessions) =>
  async ({ request, from }: Opened): Promise<SignedText> => {
    const answer = await sessions.open(request, from);
    if ("refused" in answer) throw refusalOf(endpoint, answer);
    return answer;
  };

function refusalOf(endpoint: Open, { refused, why }: OpenRefused): Refusal {
  const words = refused.replaceAll("_", " ");
  const more =
    refused === "clock_differs"
      ? `; here it is ${new Date().toISOString()}`
      : why
        ? `: ${why.replaceAll("_", " ")}`
        : "";
  return refuse(endpoint, refused, `${words}${more}`);
}
