/** The device of a context, connected. */
import { hostname, userInfo } from "node:os";
import { isRefusal, NobodyAnswersError } from "@natster/micro/client";
import { type CodeStore, connectDevice, openSigning, type Person, type Signer, signerWith } from "@natster/person";
import type { Key } from "@natster/trust";
import { AuthorizationError } from "@nats-io/nats-core";
import { codesOfContext } from "../context/codes.ts";
import { type Context, contextFor, keepAuthority } from "../context/context.ts";
import { systemDirectory } from "../context/paths.ts";
import type { Globals } from "../define.ts";
import { Failure } from "../failure.ts";
import { whyNotLetIn } from "./let-in.ts";
import { placeOf } from "./place.ts";

/** A device that is connected, and what this machine knows of its account. */
export interface Connected extends Person {
  readonly context: Context;
  readonly within: Globals["within"];
  /** The account's own key. Throws `Failure` where this machine does not hold it. */
  key(): Promise<Key<"account">>;
  /** Whoever signs for the account: this machine where it holds the key, and else the one that does. Throws `Failure`. */
  signing(): Promise<Signing>;
}

/** Who signs, and where share codes are kept that are answered with the account's key. */
export interface Signing {
  readonly signer: Signer;
  readonly codes: Pick<CodeStore, "save">;
  /** Whether that is this machine. */
  readonly here: boolean;
}

/** The context that is meant, reached with the authority that was named, where one was. */
export async function contextMeant({ context: named, ca }: Pick<Globals, "context" | "ca">): Promise<Context> {
  const context = await contextFor(named);
  return ca ? { ...context, authority: ca } : context;
}

/** Connects as the device of the context that is meant; an authority that was named is kept once it has let this in. */
export async function connectAs(globals: Globals): Promise<Connected> {
  const { timeout, within, ca } = globals;
  const meant = await contextMeant(globals);
  const creds = await meant.creds();
  const place = placeOf(meant, timeout);
  const person = await connectDevice(place, creds, "natster", { timeout }).catch(async (error: unknown) => {
    throw (
      (await whyStopped(meant, error)) ??
      (await whyNotLetIn(error, place, { creds, account: await meant.accountKey() }))
    );
  });
  const context = ca ? await keepAuthority(meant, ca) : meant;
  return { ...person, context, within, key: () => accountKeyOf(context), signing: () => signingFor(person, context) };
}

/** Where the system is of this machine and does not run, that is why it cannot be reached; undefined elsewhere. */
export async function whyStopped({ system }: Context, error: unknown): Promise<Failure | undefined> {
  if (system === undefined || error instanceof AuthorizationError) return undefined;
  const { holderOf } = await import("@natster/standalone/lock");
  if (await holderOf(system)) return undefined;
  return new Failure("the system cannot be reached", {
    cause: new Error("it is kept on this machine, and does not run"),
    next: system === systemDirectory() ? "natster up" : `natster up --dir ${system}`,
  });
}

async function signingFor(person: Person, context: Context): Promise<Signing> {
  const key = await context.accountKey();
  if (key) return { signer: signerWith(key), codes: codesOfContext(context), here: true };
  try {
    const session = await openSigning(person);
    return { signer: session, codes: session, here: false };
  } catch (error) {
    if (isRefusal(error, "role_wrong")) {
      throw new Failure("this machine does not hold the account's key, and may have nothing signed", {
        next: "natster login --role owner where the key is, and natster redeem here",
      });
    }
    if (!(error instanceof NobodyAnswersError)) throw error;
    throw new Failure("the machine that holds the account's key is not there, and signs what is shared", {
      next: "natster up or natster serve there, then the same again",
    });
  }
}

/** The key of a context's account. Throws `Failure` where this machine does not hold it. */
export async function accountKeyOf(context: Context): Promise<Key<"account">> {
  const key = await context.accountKey();
  if (key) return key;
  throw new Failure("this machine does not hold the account's key, which signs what is shared", {
    next: "the same on the machine where the account was made",
  });
}

/** What this machine is called among an account's devices. */
export const deviceName = (): string => `${userInfo().username} on ${hostname()}`.slice(0, 256);
