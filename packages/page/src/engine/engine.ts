/** The engine: one device, one connection, for all tabs of this browser. */
import { Handle } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { catalog } from "@natster/contracts/catalog";
import { codes } from "@natster/contracts/codes";
import { projector } from "@natster/contracts/library";
import { web, Welcome } from "@natster/contracts/web";
import { client, NobodyAnswersError } from "@natster/micro/client";
import {
  addDevice,
  applied,
  type ClaimStore,
  codeLifetimes,
  codesOf,
  createDevice,
  exportPerson,
  isDue,
  issueDeviceCode,
  issueShareCode,
  notices,
  type PendingClaim,
  type Person,
  type Place,
  redeem,
  register,
  renewThisDevice,
  share,
  startFulfiller,
} from "@natster/person";
import { type Code, codeLink, createKey, keyFromSeed, parseCode } from "@natster/trust";
import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import type { Device, Engine, News, Session } from "./api.ts";
import { openAccountSigning } from "./account-signing.ts";
import { Catalogs } from "./catalogs.ts";
import { codesHere, forgetCodes } from "./code-store.ts";
import { openStore } from "./database.ts";
import { signWith } from "./device-key.ts";
import {
  deviceOf,
  forgetDevice,
  keepDevice,
  type KeptDevice,
  loadDevice,
  renewed,
  saidOf,
  shown,
} from "./device-store.ts";
import { EngineError } from "./engine-error.ts";
import { look } from "./look.ts";
import { type Nats, natsUrl, openNats } from "./nats.ts";
import { proofs } from "./prove.ts";

/** What a connection is good for, made once for each. */
interface Connected {
  readonly person: Person;
  readonly catalogs: Catalogs;
}

/** Starts the engine of a page: with the device that is kept, if there is one. `tell` reaches every tab. */
export function startEngine(page: string, tell: (news: News) => void): Engine & { readonly session: () => Session } {
  let session: Session = { state: "starting" };
  let kept: KeptDevice | undefined;
  let nats: Nats | undefined;
  let connected: Connected | undefined;

  const become = (next: Session) => {
    session = next;
    tell({ kind: "session", session });
  };

  /** Says how it stands, and hears the feed of each new connection. */
  const follow = (own: KeptDevice) => {
    const device = shown(own);
    const state = nats?.state();
    if (state?.state === "connected") {
      if (connected?.person.connection !== state.connection) {
        connected = makeConnected(state.connection, own);
        void hear(connected.person, tell);
        // It ends with the connection; the next one begins anew.
        void answerCodes(connected.person, own).catch(() => undefined);
        void renew(connected.person, own);
      }
      become({ state: "connected", device });
    } else if (state?.state === "looking") become({ state: "looking", device, since: state.since });
    else if (state) become({ state: "ended", device, why: state.why });
  };

  const connect = (device: KeptDevice) => {
    kept = device;
    nats?.close();
    connected = undefined;
    const sign = (bytes: Uint8Array<ArrayBuffer>) => signWith(device.key, bytes);
    nats = openNats(
      {
        user: device.user,
        ...(device.expires !== undefined && { expires: device.expires }),
        proofs: proofs({ jwt: device.jwt, user: device.user, sign }),
      },
      natsUrl(page),
    );
    nats.watch(() => follow(device));
    follow(device);
  };

  /** Where it runs out, the device is renewed in the last third of its time, as soon as somebody who can is there. */
  const renew = async (person: Person, own: KeptDevice) => {
    const isCurrent = () => kept === own && !person.connection.isClosed();
    for (; isCurrent(); await passed(lookAgain)) {
      const said = saidOf(own);
      if (!said || !isDue(said, Math.floor(Date.now() / 1_000))) continue;
      const jwt = await renewThisDevice(person).catch(() => undefined);
      if (jwt === undefined || !isCurrent()) continue;
      const device = renewed(own, jwt);
      await keepDevice(device).catch(() => undefined);
      return connect(device);
    }
  };

  const started = loadDevice().then(
    (device) => (device ? connect(device) : become({ state: "signed_out" })),
    // A browser that keeps nothing, such as one in a strict private mode, is signed in for as long as it is open.
    () => become({ state: "signed_out" }),
  );

  const adopt = async (creds: string, accountSeed?: string): Promise<Device> => {
    await started;
    const device = await deviceOf(creds, accountSeed);
    await keepDevice(device).catch(() => undefined);
    connect(device);
    return shown(device);
  };

  const now = (): Connected => {
    if (!connected || session.state !== "connected") throw new EngineError("offline", "there is no connection");
    return connected;
  };

  return {
    session: () => session,
    signIn: (creds) => adopt(creds),
    async begin({ handle, code }) {
      const name = Handle.parse(handle);
      const place = await findPlace(page);
      if (code !== undefined) {
        const given = await redeem(place, readCode(code), { handle: name, deviceName, claims });
        if (!("joined" in given) || !given.joined) throw new EngineError("refused", "another code", "code_unreadable");
        return adopt(given.joined.creds, given.joined.account.seed());
      }
      const account = createKey("account");
      await register(place, { account, handle: name });
      return adopt(createDevice(account, { name: deviceName, role: "owner" }), account.seed());
    },
    async redeem(text) {
      await started;
      const code = readCode(text);
      const person = code.purpose === "share" && session.state === "connected" ? now().person : undefined;
      const given = await redeem(await findPlace(page), code, { deviceName, claims, ...(person && { person }) });
      if (given.purpose === "device") await adopt(given.creds);
      else if (given.joined) await adopt(given.joined.creds, given.joined.account.seed());
      const { purpose } = given;
      return purpose === "share" ? { purpose, shared: { owner: given.owner, catalog: given.catalog } } : { purpose };
    },
    async signOut() {
      const user = kept?.user;
      let revoked = false;
      if (user && connected && session.state === "connected") {
        const { accounts, connection } = connected.person;
        // The connection ends with the device: that is an answer too.
        revoked = await Promise.race([accounts.revoke({ user }).then(yes, no), connection.closed().then(yes)]);
      }
      nats?.close();
      [nats, kept, connected] = [undefined, undefined, undefined];
      await forgetDevice();
      await forgetCodes().catch(() => undefined);
      become({ state: "signed_out" });
      return { revoked };
    },
    async tryAgain() {
      if (kept) connect(kept);
    },
    wake: async () => nats?.wake(),
    async ask({ service, endpoint, request }) {
      const asks = now().person[service] as Record<string, (request: unknown) => Promise<unknown>>;
      const ask = asks[endpoint];
      if (!ask) throw new EngineError("fault", `${service} has no ${endpoint}`);
      return ask(request);
    },
    applied: ({ account, after }) => applied(now().person.connection, account, after),
    async share({ catalog: name, recipient, expires }) {
      const { person } = now();
      using signing = await signingOf(person, kept);
      return await share(person, signing.signer, {
        catalog: name,
        recipient,
        ...(expires !== undefined && { expires }),
      });
    },
    async shareLink({ catalog: name, expires }) {
      const { person } = now();
      using signing = await signingOf(person, kept);
      const left = expires === undefined ? codeLifetimes.share : expires - Math.floor(Date.now() / 1_000);
      const expiresIn = Math.min(left, codeLifetimes.share);
      const what = { catalog: name, expiresIn, ...(expires !== undefined && { until: expires }) };
      return codeLink(page, await issueShareCode(person, what, signing.codes));
    },
    async deviceLink({ name }) {
      accountKeyOf(kept);
      const device = { name, role: "browser", maySign: true } as const;
      return codeLink(page, await issueDeviceCode(now().person, device, codesHere));
    },
    async exportAccount({ passphrase, pins }) {
      const { person } = now();
      const account = accountKeyOf(kept);
      return exportPerson(
        {
          account: person.account,
          accountSeed: account.seed(),
          creds: await addDevice(person, account, { name: fileName, role: "owner" }),
          servers: [page],
          codes: await codesOf(codesHere),
          pins,
        },
        passphrase,
      );
    },
    list: (what, { signal, tell }) => now().catalogs.list(what, tell, signal),
    read: (part, { signal }) => now().catalogs.read(part, signal),
    look: (known) => look(now().person.connection, new Set(known)),
  };
}

const deviceName = "A browser";
/** What the device is called that goes with the account's keys into a file. */
const fileName = "A copy of the keys";

/** How often it is looked whether the device has to be renewed, in milliseconds. */
const lookAgain = 10 * 60_000;
const passed = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The account's own key. Throws `EngineError` where it is not kept in this browser. */
function accountKeyOf(kept: KeptDevice | undefined) {
  if (kept?.accountSeed === undefined) throw new EngineError("denied", "the account's key is not in this browser");
  return keyFromSeed(kept.accountSeed, "account");
}

/** Who signs for the account. Throws `EngineError` where this browser may have nothing signed, or where nobody is there. */
async function signingOf(person: Person, kept: KeptDevice | undefined) {
  if (!kept || !shown(kept).maySign) throw new EngineError("denied", "this browser may not share");
  return openAccountSigning(person, kept).catch((error: unknown) => {
    if (!(error instanceof NobodyAnswersError)) throw error;
    throw new EngineError("refused", "the machine that holds the account's key is away", "signer_away");
  });
}

/** Where the account's key is kept, whoever claims a code that was made here is answered, also one from before. */
async function answerCodes(person: Person, own: KeptDevice): Promise<void> {
  if (own.accountSeed === undefined) return;
  await using fulfiller = await startFulfiller(person, { account: accountKeyOf(own), store: codesHere });
  await fulfiller.look();
  await person.connection.closed();
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

const yes = () => true;
const no = () => false;

function makeConnected(connection: NatsConnection, { account, user, jwt, key }: KeptDevice): Connected {
  const person: Person = {
    account,
    user,
    connection,
    ended: connection.closed().then((error) => error ?? undefined),
    device: { jwt, key: { sign: (bytes) => signWith(key, bytes) } },
    accounts: client(accounts, connection),
    catalog: client(catalog, connection),
    codes: client(codes, connection),
    library: client(projector, connection),
    web: client(web, connection),
    [Symbol.asyncDispose]: () => connection.close(),
  };
  return { person, catalogs: new Catalogs(person) };
}

/** Tells what the feed says, until the connection closes for good. */
async function hear(person: Person, tell: (news: News) => void): Promise<void> {
  for await (const notice of notices(person)) tell({ kind: "notice", notice });
}

/** The system that this page is of, as a newcomer finds it. */
async function findPlace(page: string): Promise<Place> {
  const answer = await fetch(new URL("natster.json", page));
  const { platform, lobby } = Welcome.parse(await answer.json());
  return { servers: [natsUrl(page)], platform, lobby, dial: wsconnect };
}
