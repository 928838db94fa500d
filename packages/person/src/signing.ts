/**
 * Having things signed: with the account's own key where this device holds it, and otherwise by the process that does,
 * over a session that nobody between the two can read or forge.
 */
import type { AccountKey, CatalogName, UnixTime } from "@natster/contracts";
import { grants, type ToSign } from "@natster/contracts/grants";
import { askInside } from "@natster/files";
import { client } from "@natster/micro/client";
import {
  type AnswerReason,
  enterSession,
  type Key,
  readGrant,
  readPublication,
  readUser,
  signGrant,
  signPublication,
  signRenewal,
} from "@natster/trust";
import type { CodeRecord, CodeStore } from "./code-record.ts";
import type { Person } from "./person.ts";

/** Signs for an account who may read its catalogs, dated in the second in which it does. */
export interface Signer {
  grant(to: { catalog: CatalogName; recipient: AccountKey; expires?: UnixTime }): Promise<string>;
  publication(of: { catalog: CatalogName; until?: UnixTime }): Promise<string>;
}

/** Whoever answered is not the process that holds the account's key, or did not sign what was asked for. */
export class UntrustedSignerError extends Error {
  override readonly name = "UntrustedSignerError";
  readonly reason: AnswerReason | "sealed_for_another" | "signed_another";

  constructor(reason: UntrustedSignerError["reason"]) {
    super(`whoever answered does not sign for this account: ${reason.replaceAll("_", " ")}`);
    this.reason = reason;
  }
}

/** Signs with the account's own key, on this device. */
export const signerWith = (account: Key<"account">): Signer => ({
  grant: async (to) => signGrant(account, { ...to, issuedAt: now() }),
  publication: async (of) => signPublication(account, { ...of, from: now() }),
});

/** A session with the process that holds the account's key. */
export interface SigningSession extends Signer, Pick<CodeStore, "save">, Disposable {
  /** Hands over a share code, so that it is answered when this device is gone. A code for a device is handed to nobody. */
  save(record: CodeRecord): Promise<void>;
}

/**
 * Opens a session with the process that holds the key of this device's account; the account has to let the device have
 * things signed. What comes back is checked to be what was asked for. Throws `Refusal` (`role_wrong` where the device may
 * not), `NobodyAnswersError` where no such process runs, `UntrustedSignerError`, and what a client throws.
 */
export async function openSigning({ account, device, connection }: Person): Promise<SigningSession> {
  const asks = client(grants, connection);
  const wanted = { purpose: "sign", owner: account } as const;
  const entered = await enterSession({ device, wanted, now: now() }, (open) => asks.open(open));
  if (entered.refused !== undefined) throw new UntrustedSignerError(entered.refused);
  const { instance, session } = entered;
  const { sign, keep } = grants.endpoints;
  const signed = async (request: ToSign, isAsked: (token: string) => boolean) => {
    const { token } = await askInside(session, sign, request, (frame) => asks.sign(frame, { instance }));
    if (!isAsked(token)) throw new UntrustedSignerError("signed_another");
    return token;
  };
  return {
    grant: ({ catalog, recipient, expires }) =>
      signed({ kind: "grant", catalog, recipient, ...(expires !== undefined && { expires }) }, (token) => {
        const read = readGrant(token, { owner: account, catalog, now: ahead() });
        return read.refused === undefined && read.recipient === recipient && read.expires === expires;
      }),
    publication: ({ catalog, until }) =>
      signed({ kind: "publication", catalog, ...(until !== undefined && { expires: until }) }, (token) => {
        const read = readPublication(token, { owner: account, catalog, now: ahead() });
        return read.refused === undefined && read.until === until;
      }),
    async save({ gift, ...code }) {
      if (gift.purpose !== "share") throw new TypeError("only codes for catalogs are handed over");
      const { catalog, until } = gift;
      const record = { ...code, catalog, ...(until !== undefined && { until }) };
      await askInside(session, keep, record, (frame) => asks.keep(frame, { instance }));
    },
    [Symbol.dispose]: () => session.end(),
  };
}

/**
 * Has the JWT of this device signed anew by the process that holds the account's key; resolves with the new one. Throws
 * `Refusal` (`too_early`, `device_unknown`), `NobodyAnswersError` where no such process runs, and `UntrustedSignerError`.
 */
export async function renewThisDevice({ account, user, device, connection }: Person): Promise<string> {
  const { jwt } = await client(grants, connection).renew(await signRenewal(device, now()));
  const read = readUser(jwt, { account, now: now() });
  if (read.refused !== undefined || read.user !== user) throw new UntrustedSignerError("signed_another");
  return jwt;
}

const now = (): UnixTime => Math.floor(Date.now() / 1000);
/** The signer's clock may be a little ahead of this one; what the platform takes is for the platform to say. */
const ahead = (): UnixTime => now() + 60;
