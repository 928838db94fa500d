import { encodeAccount, encodeOperator, encodeUser, fmtCreds } from "@nats-io/jwt";
import { createAccount, createOperator, createUser } from "@nats-io/nkeys";
import type { OperatorOptions } from "./config.ts";

/** An operator with a system account and one account that may do everything, and the credentials of a user of it. */
export async function newOperator(): Promise<{ operator: OperatorOptions; creds: Uint8Array }> {
  const operator = createOperator();
  const system = createAccount();
  const account = createAccount();
  const user = createUser();
  const signer = { signer: operator };
  const limits = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const systemAccount = system.getPublicKey();
  return {
    operator: {
      jwt: await encodeOperator("test", operator, { system_account: systemAccount }),
      systemAccount,
      preload: {
        [systemAccount]: await encodeAccount("SYS", system, { limits }, signer),
        [account.getPublicKey()]: await encodeAccount("test", account, { limits: { ...limits, ...storage } }, signer),
      },
    },
    creds: fmtCreds(await encodeUser("user", user, account), user),
  };
}
