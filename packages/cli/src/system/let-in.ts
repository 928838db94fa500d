/** Why nats-server does not let a device in, as far as that can be known. */
import { type Place, standingOf, visitLobby } from "@natster/person";
import type { Key } from "@natster/trust";
import { AuthorizationError, TimeoutError } from "@nats-io/nats-core";
import { Failure } from "../failure.ts";

/**
 * What is to be said instead of an error of connecting, for it says nothing of an account that is suspended: the platform
 * is asked through the lobby, which needs the account's key. The error itself where there is nothing better.
 */
export async function whyNotLetIn(error: unknown, place: Place, account: Key<"account"> | undefined): Promise<unknown> {
  if (!(error instanceof TimeoutError || error instanceof AuthorizationError)) return error;
  try {
    if (!account) {
      if (error instanceof AuthorizationError) return error;
      await visitLobby(place, (connection) => connection.flush());
      return failure("nats-server answers, and lets no device of this account in", [
        "it is suspended, or has as many connections as it may",
      ]);
    }
    const { status, reason } = await standingOf(place, account);
    if (status === "suspended") return failure("this account is suspended", reason === undefined ? [] : [reason]);
    if (status === "closed") return failure("this account was closed, for good");
    if (status === "open" && error instanceof TimeoutError)
      return failure("this account has as many connections as it may");
    return error;
  } catch {
    // Nobody answers there either.
    return error;
  }
}

const failure = (what: string, [why]: readonly string[] = []): Failure =>
  new Failure(what, {
    next: "ask whoever runs the system",
    ...(why !== undefined && { cause: new Error(why) }),
  });
