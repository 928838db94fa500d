/** Joining: an account comes into being on its owner's device, and the platform admits it. */
import type { Handle } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { client } from "@natster/micro/client";
import { type Key, signRegistration } from "@natster/trust";
import { applied } from "./applied.ts";
import { insist } from "./insist.ts";
import { type Place, visitLobby } from "./place.ts";

/** Who asks to be admitted. */
export interface Newcomer {
  /** Made on this device; it never leaves it. */
  readonly account: Key<"account">;
  readonly handle?: Handle;
}

/** Registers an account, where the platform admits it without a code, and waits until nats-server knows it. */
export const register = (place: Place, { account, handle }: Newcomer): Promise<void> =>
  visitLobby(place, async (connection) => {
    const claims = signRegistration(account, { ...(handle && { handle }) }, Math.floor(Date.now() / 1000));
    const { after } = await insist((options) => client(accounts, connection).register({ claims }, options));
    await applied(connection, account.public, after);
  });
