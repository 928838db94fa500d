import { grants } from "@natster/contracts/grants";
import { type Handler, kitRefusal, refuse } from "@natster/micro";
import { NotRenewedError, renewDevice } from "@natster/person";
import { readRenewal } from "@natster/trust";
import { now, type Signer } from "./may-ask.ts";

const { renew: endpoint } = grants.endpoints;

/** Renews the device that asks, and no other: with the key, the name and the rights that it has, for as long as before. */
export const renew =
  ({ person, account, rate, log }: Signer): Handler<typeof grants, "renew"> =>
  async ({ request }) => {
    const read = readRenewal(request, { account: account.public, now: now() });
    if (read.refused !== undefined) throw refuse(endpoint, read.refused);
    const { user, name } = read.device;
    if (!rate.admits(user)) throw kitRefusal("too_many_requests");
    const jwt = await renewDevice(person, account, read.jwt).catch((error: unknown) => {
      throw error instanceof NotRenewedError ? refuse(endpoint, "device_unknown", error.message) : error;
    });
    if (jwt === undefined) throw refuse(endpoint, "too_early");
    log.info({ device: user, name }, "renewed a device");
    return { jwt };
  };
