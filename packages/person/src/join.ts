/** Joining: an account comes into being on its owner's device, and the platform admits it. */
import type { Handle } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { codes } from "@natster/contracts/codes";
import { client } from "@natster/micro/client";
import { claimMac, type Code, codeKeys, createKey, type Key, signRegistration } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";
import { applied } from "./applied.ts";
import { toBase64Url } from "./base64url.ts";
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
    const claims = signRegistration(account, { ...(handle && { handle }) }, now());
    const { after } = await client(accounts, connection).register({ claims });
    await applied(connection, account.public, after);
  });

/** Registers an account with an enrol code, and waits until nats-server knows it. The code's secret is not sent. */
export const redeem = (place: Place, code: Code, { account, handle }: Newcomer): Promise<void> =>
  visitLobby(place, async (connection) => {
    const { after } = await claim(connection, code, account, handle);
    await applied(connection, account.public, after);
  });

async function claim(
  connection: NatsConnection,
  code: Code,
  account: Key<"account">,
  handle: Handle | undefined,
): Promise<{ after: number }> {
  const claims = signRegistration(account, { code: code.id, ...(handle && { handle }) }, now());
  const transcript = { account: account.public, user: createKey("user").public, claims };
  const { gate } = await codeKeys(code);
  const mac = toBase64Url(claimMac(gate, code, transcript));
  return client(codes, connection).claim({ id: code.id, transcript, mac });
}

const now = (): number => Math.floor(Date.now() / 1000);
