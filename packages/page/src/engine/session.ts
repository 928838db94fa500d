/** The device that this browser is, and its connection: kept across visits, renewed in time, and forgotten on request. */
import type { AccountKey } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { catalog } from "@natster/contracts/catalog";
import { codes } from "@natster/contracts/codes";
import { projector } from "@natster/contracts/library";
import { web } from "@natster/contracts/web";
import { client } from "@natster/micro/client";
import { isDue, type Person, renewThisDevice } from "@natster/person";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Device, Session } from "./api.ts";
import { signWith } from "./device-key.ts";
import { deviceOf, forgetDevice, keepDevice, type KeptDevice, loadDevice, renewed, shown } from "./device-store.ts";
import { EngineError } from "./engine-error.ts";
import { type Nats, natsUrl, openNats } from "./nats.ts";
import { proofs } from "./prove.ts";

/** A connection, and as whom. */
export interface Connected {
  readonly person: Person;
  readonly device: KeptDevice;
}

/** Who wants to know how it stands. */
export interface Told {
  readonly session: (session: Session) => void;
  /** There is another connection; it is good until it closes. */
  readonly connected: (connected: Connected) => void;
}

export interface OwnSession {
  readonly session: () => Session;
  /** Resolves when it is known whether a device is kept. */
  readonly started: Promise<void>;
  /** The connection that there is. Throws `EngineError` where there is none. */
  readonly now: () => Connected;
  /**
   * Signs in as a device. Where this browser is a device of another account, that is only done `instead`; otherwise it is
   * refused as `somebody_here`: what is kept of the other would be lost, its account's key perhaps with it.
   */
  readonly adopt: (
    creds: string,
    how?: { readonly accountSeed?: string; readonly instead?: boolean },
  ) => Promise<Device>;
  /** Whether this browser keeps the device that it is. */
  readonly isKept: () => boolean;
  /** Whether this browser is a device of somebody, and of another account than this one. */
  readonly isOthers: (account?: AccountKey) => boolean;
  /** Revokes the device where it can be reached, and forgets it; whether it was revoked. */
  readonly signOut: () => Promise<boolean>;
  readonly tryAgain: () => void;
  readonly wake: () => Promise<void>;
}

/** Begins with the device that is kept, if there is one. */
export function openSession(page: string, told: Told): OwnSession {
  let session: Session = { state: "starting" };
  let kept: KeptDevice | undefined;
  let isKept = true;
  let nats: Nats | undefined;
  let connected: Connected | undefined;

  const become = (next: Session) => {
    session = next;
    told.session(session);
  };

  const shownAs = (own: KeptDevice): Device => ({ ...shown(own), isKept });
  const keep = async (device: KeptDevice) => {
    isKept = await keepDevice(device).then(yes, no);
  };

  const follow = (own: KeptDevice) => {
    const device = shownAs(own);
    const state = nats?.state();
    if (state?.state === "connected") {
      if (connected?.person.connection !== state.connection) {
        connected = { person: personOf(state.connection, own), device: own };
        told.connected(connected);
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
      const { issuedAt, expires } = own;
      if (expires === undefined) return;
      if (!isDue({ issuedAt, expires: Math.floor(expires / 1_000) }, Math.floor(Date.now() / 1_000))) continue;
      const jwt = await renewThisDevice(person).catch(() => undefined);
      if (jwt === undefined || !isCurrent()) continue;
      const device = renewed(own, jwt);
      await keep(device);
      return connect(device);
    }
  };

  const started = loadDevice().then(
    (device) => (device ? connect(device) : become({ state: "signed_out" })),
    // A browser that keeps nothing, such as one in a strict private mode, is signed in for as long as it is open.
    () => become({ state: "signed_out" }),
  );

  const isOthers = (account?: AccountKey) =>
    kept !== undefined && kept.account !== account && (session.state !== "ended" || kept.accountSeed !== undefined);

  return {
    session: () => session,
    started,
    now() {
      if (!connected || session.state !== "connected") throw new EngineError("offline", "there is no connection");
      return connected;
    },
    isKept: () => isKept,
    isOthers,
    async adopt(creds, { accountSeed, instead = false } = {}) {
      await started;
      const made = await deviceOf(creds, accountSeed);
      if (!instead && isOthers(made.account)) throw somebodyHere();
      // Another device of the same account takes its key from nobody.
      const before = kept?.account === made.account ? kept.accountSeed : undefined;
      const device = { ...(before !== undefined && { accountSeed: before }), ...made };
      await keep(device);
      connect(device);
      return shownAs(device);
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
      return revoked;
    },
    tryAgain() {
      if (kept) connect(kept);
    },
    wake: async () => nats?.wake(),
  };
}

/** This browser is somebody else's device already. */
export const somebodyHere = () => new EngineError("refused", "this browser is a device of somebody", "somebody_here");

/** How often it is looked whether the device has to be renewed, in milliseconds. */
const lookAgain = 10 * 60_000;
const passed = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const yes = () => true;
const no = () => false;

const personOf = (connection: NatsConnection, { account, user, jwt, key }: KeptDevice): Person => ({
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
});
