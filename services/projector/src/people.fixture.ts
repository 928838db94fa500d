/** Accounts for tests. */
import { AccountKey, encodePublicKey } from "@natster/contracts";

const account = (byte: number): AccountKey =>
  AccountKey.parse(encodePublicKey("account", new Uint8Array(32).fill(byte)));

export const alice = account(1);
export const bob = account(2);
