/** The device of a context, connected. */
import { hostname, userInfo } from "node:os";
import { connectDevice, type Person } from "@natster/person";
import type { Key } from "@natster/trust";
import { type Context, contextFor } from "../context/context.ts";
import type { Globals } from "../define.ts";
import { Failure } from "../failure.ts";
import { placeOf } from "./place.ts";

/** A device that is connected, and what this machine knows of its account. */
export interface Connected extends Person {
  readonly context: Context;
  /** The account's own key. Throws `Failure` where this machine does not hold it. */
  key(): Promise<Key<"account">>;
}

/** Connects as the device of the context that is meant. */
export async function connectAs({ context: named, timeout }: Globals): Promise<Connected> {
  const context = await contextFor(named);
  const person = await connectDevice(placeOf(context, timeout), await context.creds(), "natster", { timeout });
  return { ...person, context, key: () => accountKeyOf(context) };
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
