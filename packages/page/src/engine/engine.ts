/** The engine: one device, one connection, for all tabs of this browser. */
import { Handle } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { catalog } from "@natster/contracts/catalog";
import { codes } from "@natster/contracts/codes";
import { projector } from "@natster/contracts/library";
import { web, Welcome } from "@natster/contracts/web";
import { client } from "@natster/micro/client";
import {
  applied,
  type ClaimStore,
  createDevice,
  notices,
  type PendingClaim,
  type Person,
  type Place,
  redeem,
  register,
  share,
} from "@natster/person";
import { type Code, createKey, keyFromSeed, parseCode } from "@natster/trust";
import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import type { Device, Engine, News, Session } from "./api.ts";
import { Catalogs } from "./catalogs.ts";
import { openStore } from "./database.ts";
import { signWith } from "./device-key.ts";
import { deviceOf, forgetDevice, keepDevice, type KeptDevice, loadDevice, shown } from "./device-store.ts";
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
      if (!kept?.accountSeed) throw new EngineError("denied", "the account's key is not in this browser");
      const key = keyFromSeed(kept.accountSeed, "account");
      const what = { catalog: name, recipient, ...(expires !== undefined && { expires }) };
      return share(now().person, key, what);
    },
    list: (what, { signal, tell }) => now().catalogs.list(what, tell, signal),
    read: (part, { signal }) => now().catalogs.read(part, signal),
    look: (known) => look(now().person.connection, new Set(known)),
  };
}

const deviceName = "A browser";

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
