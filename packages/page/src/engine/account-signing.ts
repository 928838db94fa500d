/** Who signs for the account of this browser: the key that is kept here, or the process elsewhere that holds it. */
import { type CodeStore, openSigning, type Person, type Signer, signerWith } from "@natster/person";
import { keyFromSeed } from "@natster/trust";
import { codesHere } from "./code-store.ts";
import type { KeptDevice } from "./device-store.ts";

/** Who signs, and where the share codes are kept that are answered with the account's key. */
export interface AccountSigning extends Disposable {
  readonly signer: Signer;
  readonly codes: Pick<CodeStore, "save">;
}

/** Finds whoever signs. Throws what `openSigning` does where the key is not here. */
export async function openAccountSigning(person: Person, { accountSeed }: KeptDevice): Promise<AccountSigning> {
  if (accountSeed !== undefined) {
    const signer = signerWith(keyFromSeed(accountSeed, "account"));
    return { signer, codes: codesHere, [Symbol.dispose]: () => undefined };
  }
  const session = await openSigning(person);
  return { signer: session, codes: session, [Symbol.dispose]: () => session[Symbol.dispose]() };
}
