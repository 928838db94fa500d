import { grants } from "@natster/contracts/grants";
import { refuse } from "@natster/micro";
import { signGrant, signPublication } from "@natster/trust";
import type { InnerHandler } from "../under-seal.ts";
import { admit, checkAhead, checkOwn, now, type Signer } from "./may-ask.ts";

const { sealed: inside } = grants.endpoints.sign;

/** Signs who may read a catalog of the account's own, dated now: nothing in it comes from the asking device unchecked. */
export const sign =
  (signer: Signer): InnerHandler<typeof grants.endpoints.sign> =>
  async ({ request, session }) => {
    const { account, log } = signer;
    const { catalog, expires } = request;
    await admit(signer, inside, session);
    checkAhead(inside, expires);
    if (request.kind === "grant" && request.recipient === account.public) throw refuse(inside, "recipient_self");
    await checkOwn(signer, inside, catalog);
    log.info({ device: session.user, ...request }, "signed for a device");
    const issuedAt = now();
    return request.kind === "grant"
      ? { token: signGrant(account, { catalog, recipient: request.recipient, issuedAt, expires }) }
      : { token: signPublication(account, { catalog, from: issuedAt, until: expires }) };
  };
