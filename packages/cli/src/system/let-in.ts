/** Why nats-server does not let a device in, as far as that can be known. */
import { type Place, standingOf, visitLobby } from "@natster/person";
import { type Key, parseCreds, readJwt } from "@natster/trust";
import { AuthorizationError, TimeoutError } from "@nats-io/nats-core";
import { anotherDevice, whyTurnedAway } from "../explained.ts";
import { Failure } from "../failure.ts";

/** Who is not let in: the device's creds, and the account's key where this machine holds it. */
export interface Turned {
  readonly creds: string;
  readonly account: Key<"account"> | undefined;
}

/**
 * What is to be said instead of an error of connecting, for nats-server says the same of every device that it does not
 * let in: that its time has run out, its own JWT says, and the platform is asked about its account through the lobby, which
 * needs the account's key. The error itself where there is nothing better.
 */
export async function whyNotLetIn(error: unknown, place: Place, { creds, account }: Turned): Promise<unknown> {
  if (!(error instanceof TimeoutError || error instanceof AuthorizationError)) return error;
  const refused = error instanceof AuthorizationError;
  const next = account ? "natster devices renew" : undefined;
  if (refused && hasRunOut(creds))
    return failure("the time of this device has run out", { next: next ?? anotherDevice });
  try {
    if (!account) {
      if (refused) return error;
      await visitLobby(place, (connection) => connection.flush());
      return failure("nats-server answers, and lets no device of this account in", {
        why: "it is suspended, or has as many connections as it may",
      });
    }
    const { status, reason } = await standingOf(place, account);
    switch (status) {
      case "suspended":
        return failure("this account is suspended", { why: reason });
      case "closed":
        return failure("this account was closed, for good");
      case "unknown":
        return failure("the system does not know this account", { why: "it was registered with another one" });
      case "open":
        return refused
          ? failure("this device was revoked", { next })
          : failure("this account has as many connections as it may");
    }
  } catch {
    // Nobody answers there either; but who holds the key needs no answer for another device.
    if (!refused) return error;
    return failure("nats-server does not let this device in", {
      why: `${whyTurnedAway}, and nobody says which`,
      next,
    });
  }
}

function hasRunOut(creds: string): boolean {
  const claims = readJwt(parseCreds(creds).jwt);
  return claims.refused === undefined && claims.exp !== undefined && claims.exp * 1_000 <= Date.now();
}

const failure = (
  what: string,
  {
    why,
    next = "ask whoever runs the system",
  }: { readonly why?: string | undefined; readonly next?: string | undefined } = {},
): Failure => new Failure(what, { next, ...(why !== undefined && { cause: new Error(why) }) });
