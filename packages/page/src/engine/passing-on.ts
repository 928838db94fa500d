/** What is given away with the account's own word: a share, a link, another device, a sealed copy of the keys. */
import { NobodyAnswersError } from "@natster/micro/client";
import {
  addDevice,
  codeLifetimes,
  codesOf,
  exportPerson,
  issueDeviceCode,
  issueShareCode,
  share,
  startFulfiller,
} from "@natster/person";
import { codeLink, keyFromSeed } from "@natster/trust";
import { openAccountSigning } from "./account-signing.ts";
import type { Engine } from "./api.ts";
import { codesHere } from "./code-store.ts";
import { type KeptDevice, shown } from "./device-store.ts";
import { EngineError } from "./engine-error.ts";
import type { Connected, OwnSession } from "./session.ts";

/** Gives away as the session that there is when it is asked. */
export function passingOn(page: string, { now, isKept }: OwnSession) {
  return {
    async share({ catalog, recipient, expires }) {
      const { person, device } = now();
      using signing = await signingOf({ person, device });
      return await share(person, signing.signer, { catalog, recipient, ...(expires !== undefined && { expires }) });
    },
    async shareLink({ catalog, expires }) {
      const { person, device } = now();
      using signing = await signingOf({ person, device });
      const left = expires === undefined ? codeLifetimes.share : expires - Math.floor(Date.now() / 1_000);
      const expiresIn = Math.min(left, codeLifetimes.share);
      const what = { catalog, expiresIn, ...(expires !== undefined && { until: expires }) };
      return codeLink(page, await issueShareCode(person, what, signing.codes));
    },
    async deviceLink({ name }) {
      const { person, device } = now();
      accountKeyOf(device);
      const made = { name, role: "browser", maySign: true } as const;
      return codeLink(page, await issueDeviceCode(person, made, codesHere));
    },
    async exportAccount({ passphrase, pins }) {
      const { person, device } = now();
      const account = accountKeyOf(device);
      return exportPerson(
        {
          account: person.account,
          accountSeed: account.seed(),
          creds: await addDevice(person, account, { name: fileName, role: "owner" }),
          servers: [page],
          codes: await codesOf(codesHere).catch((error: unknown) => {
            // A browser that keeps nothing has no codes either, and all the more need of the copy.
            if (!isKept()) return [];
            throw error;
          }),
          pins,
        },
        passphrase,
      );
    },
  } satisfies Partial<Engine>;
}

/** Answers whoever claims a code that was made here, also one from before, until the connection ends. */
export async function answerCodes({ person, device }: Connected): Promise<void> {
  await using fulfiller = await startFulfiller(person, { account: accountKeyOf(device), store: codesHere });
  await fulfiller.look();
  await person.connection.closed();
}

/** What the device is called that goes with the account's keys into a file. */
const fileName = "A copy of the keys";

/** The account's own key. Throws `EngineError` where it is not kept in this browser. */
function accountKeyOf({ accountSeed }: KeptDevice) {
  if (accountSeed === undefined) throw new EngineError("denied", "the account's key is not in this browser");
  return keyFromSeed(accountSeed, "account");
}

/** Who signs for the account. Throws `EngineError` where this browser may have nothing signed, or where nobody is there. */
async function signingOf({ person, device }: Connected) {
  if (!shown(device).maySign) throw new EngineError("denied", "this browser may not share");
  return openAccountSigning(person, device).catch((error: unknown) => {
    if (!(error instanceof NobodyAnswersError)) throw error;
    throw new EngineError("refused", "the machine that holds the account's key is away", "signer_away");
  });
}
