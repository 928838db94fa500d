import { grants } from "@natster/contracts/grants";
import { refuse } from "@natster/micro";
import { CodeKeptError, type CodeRecord, type CodeStore } from "@natster/person";
import { purposeOf } from "@natster/trust";
import type { InnerHandler } from "../under-seal.ts";
import { admit, checkAhead, checkOwn, type Signer } from "./may-ask.ts";

const { sealed: inside } = grants.endpoints.keep;

/** Takes over a code that gives a catalog of the account's own. A code that would give a device is taken over from nobody. */
export const keep =
  (signer: Signer & { readonly codes: Pick<CodeStore, "save"> }): InnerHandler<typeof grants.endpoints.keep> =>
  async ({ request, session }) => {
    const { id, catalog, until, audience, peer, seal, expires } = request;
    await admit(signer, inside, session);
    if (purposeOf(id) !== "share") throw refuse(inside, "purpose_other");
    checkAhead(inside, expires);
    checkAhead(inside, until);
    await checkOwn(signer, inside, catalog);
    const record: CodeRecord = {
      id,
      gift: { purpose: "share", catalog, ...(until !== undefined && { until }) },
      ...(audience && { audience }),
      peer,
      seal,
      expires,
      keptFor: session.user,
    };
    await signer.codes.save(record).catch((cause: unknown) => {
      throw cause instanceof CodeKeptError ? refuse(inside, "code_kept") : cause;
    });
    signer.log.info({ device: session.user, code: id, catalog }, "took over a code");
    return {};
  };
