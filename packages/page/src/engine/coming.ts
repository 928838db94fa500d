/** How somebody comes in: as a newcomer, with a code, or with the sealed copy of an account. */
import { Handle } from "@natster/contracts";
import { Welcome } from "@natster/contracts/web";
import {
  type ClaimStore,
  connectDevice,
  createDevice,
  importPerson,
  isRefusal,
  type PendingClaim,
  type Place,
  redeem,
  type Redeemed,
  register,
  restoreCodes,
} from "@natster/person";
import { type Code, type Key, keyFromSeed, parseCode, parseCreds } from "@natster/trust";
import { wsconnect } from "@nats-io/nats-core";
import type { Beginning, Given, Redemption, Restored, SealedCopy } from "./api.ts";
import { codesHere } from "./code-store.ts";
import { openStore } from "./database.ts";
import { forgetKeyInWaiting, keyInWaiting } from "./device-store.ts";
import { EngineError } from "./engine-error.ts";
import { natsUrl } from "./nats.ts";
import { type OwnSession, somebodyHere } from "./session.ts";

/** The ways into a session of the system that a page is of. */
export function waysIn(page: string, own: OwnSession) {
  return {
    async begin({ handle, code }: Beginning) {
      const name = Handle.parse(handle);
      const place = await findPlace(page);
      if (code !== undefined) {
        const given = await redeem(place, readCode(code), { handle: name, deviceName, claims });
        if (!("joined" in given) || !given.joined) throw new EngineError("refused", "another code", "code_unreadable");
        return own.adopt(given.joined.creds, { accountSeed: given.joined.account.seed(), instead: true });
      }
      const account = await keyInWaiting();
      await register(place, { account, handle: name });
      const creds = await firstDevice(place, account);
      const device = await own.adopt(creds, { accountSeed: account.seed(), instead: true });
      if (device.isKept) await forgetKeyInWaiting();
      return device;
    },
    async redeem({ code: text, instead = false }: Redemption): Promise<Given> {
      await own.started;
      const code = readCode(text);
      // Before it is claimed, nobody knows whose device it makes; claimed, it is used up.
      if (code.purpose === "device" && !instead && own.isOthers()) throw somebodyHere();
      const person = code.purpose === "share" && own.session().state === "connected" ? own.now().person : undefined;
      const keep = async (given: Redeemed) => {
        if (given.purpose === "device") await own.adopt(given.creds, { instead });
        else if (given.joined) {
          await own.adopt(given.joined.creds, { accountSeed: given.joined.account.seed(), instead: true });
        }
      };
      const given = await redeem(await findPlace(page), code, { deviceName, claims, keep, ...(person && { person }) });
      const { purpose } = given;
      return purpose === "share" ? { purpose, shared: { owner: given.owner, catalog: given.catalog } } : { purpose };
    },
    async restore({ file, passphrase }: SealedCopy): Promise<Restored> {
      const opened = await importPerson(file, passphrase);
      if (opened.refused !== undefined) throw new EngineError("refused", opened.refused, opened.refused);
      const { account, accountSeed, creds, pins: people } = opened.backup;
      if (accountSeed === undefined) await own.adopt(creds, { instead: true });
      else {
        const device = await firstDevice(await findPlace(page), keyFromSeed(accountSeed, "account")).catch(unknownHere);
        // The codes come before the session that answers them.
        await restoreCodes(opened.backup, codesHere);
        await own.adopt(device, { accountSeed, instead: true });
      }
      return { account, people };
    },
  };
}

const deviceName = "A browser";

/** This browser as a device of an account whose key is here; that it is one has been said to the account's list. */
async function firstDevice(place: Place, account: Key<"account">): Promise<string> {
  const creds = createDevice(account, { name: deviceName, role: "owner" });
  await using person = await connectDevice(place, creds, "page");
  await person.accounts.device({ jwt: parseCreds(creds).jwt });
  return creds;
}

function unknownHere(error: unknown): never {
  if (!(error instanceof Error) || !isRefusal(error)) throw error;
  throw new EngineError("refused", "nats-server does not know this account", "account_unknown");
}

/** Claims that are under way, so that a page that is loaded anew makes the very same one again. */
const claims: ClaimStore = {
  load: (id) => openStore<PendingClaim>("claims").get(id),
  save: (claim) => openStore<PendingClaim>("claims").put(claim.id, claim),
  remove: (id) => openStore<PendingClaim>("claims").remove(id),
};

function readCode(text: string): Code {
  const code = parseCode(text);
  if (!code) throw new EngineError("refused", "mistyped", "code_unreadable");
  return code;
}

/** The system that this page is of, as a newcomer finds it. */
async function findPlace(page: string): Promise<Place> {
  const answer = await fetch(new URL("natster.json", page));
  const { platform, lobby } = Welcome.parse(await answer.json());
  return { servers: [natsUrl(page)], platform, lobby, dial: wsconnect };
}
