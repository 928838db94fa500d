/** Claiming: whoever proves to know the secret, first, is recorded as the one. */
import type { RowOf } from "@natster/contracts";
import { codes, type openCodes } from "@natster/contracts/codes";
import { type Handler, refuse } from "@natster/micro";
import type { EventLog } from "@natster/micro/event-log";
import type { RowWriter } from "@natster/micro/rows";
import { claimHash, claimMac, equalMacs, readRegistration } from "@natster/trust";
import { claimCode, code } from "./code.ts";

export const claim =
  (log: EventLog, open: RowWriter<RowOf<typeof openCodes>>): Handler<typeof codes, "claim"> =>
  async ({ request, command }) => {
    const { claim: endpoint } = codes.endpoints;
    const { id, transcript, mac } = request;
    const slot = (await open.slots([id])).get(id);
    const entry = slot?.row;
    const hash = entry && claimHash({ id, purpose: entry.purpose }, transcript);
    if (!entry || !hash || Date.parse(entry.expires) <= Date.now()) {
      const { state } = await log.load(code, { code: id });
      throw refuse(endpoint, state.claim ? "code_claimed" : "code_unknown");
    }
    const gate = Buffer.from(entry.gate, "base64url");
    const expected = claimMac(gate, { id, purpose: entry.purpose }, transcript);
    if (!equalMacs(expected, Buffer.from(mac, "base64url"))) throw refuse(endpoint, "code_wrong");
    const claims = readRegistration(transcript.claims, { now: Math.floor(Date.now() / 1000), code: id });
    if (claims.refused !== undefined) throw refuse(endpoint, "claims_invalid", `claims: ${claims.refused}`);
    if (claims.account !== transcript.account) throw refuse(endpoint, "claims_invalid", "claims of another account");

    // This append is the one arbiter between two claimants.
    const claimed = { ...transcript, claim: hash };
    return { after: await log.append(code, { code: id }, claimCode(claimed), command) };
  };
