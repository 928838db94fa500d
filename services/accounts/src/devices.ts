/** The devices of an account: which there are, and which JWTs of them are void. */
import type { EventOf, UnixTime, UserKey } from "@natster/contracts";
import { accountEvents, accounts } from "@natster/contracts/accounts";
import { type Caller, refuse } from "@natster/micro";
import type { Decided } from "@natster/micro/aggregate";

type AccountEvent = EventOf<typeof accountEvents>;
type DeviceEvent = Extract<AccountEvent, { type: `device_${string}` }>;
type Added = Extract<AccountEvent, { type: "device_added" }>["data"];

/** What is known of one user key. */
export interface DeviceState {
  /** What its newest JWT says; undefined where it has none that is not void. */
  readonly added: Added | undefined;
  /** The latest second at which any JWT of it was issued. */
  readonly lastIssued: UnixTime;
  /** Every JWT issued up to this second is void. */
  readonly revokedUntil: UnixTime;
  /** Whether it was ever announced. */
  readonly announced: boolean;
}
export type Devices = ReadonlyMap<UserKey, DeviceState>;

/** Where every account begins. */
export const noDevices = new Map<UserKey, DeviceState>();

const unknown: DeviceState = { added: undefined, lastIssued: 0, revokedUntil: 0, announced: false };

/** How many devices an account may have that hold. */
const most = 256;

/** How many devices that nobody ever announced an account may revoke: each takes room in its JWT for good. */
const mostUnannounced = 256;

/** How many devices end in one step with their account: an atomic batch holds a thousand events. */
const mostAtOnce = 900;

/**
 * The devices after an event. Whoever begins with `noDevices` gets a map of their own, which goes on from event to event: a
 * copy for each would take a time that grows with the square of them.
 */
export function evolveDevices(devices: typeof noDevices, { type, data }: DeviceEvent): typeof noDevices {
  const own = devices === noDevices ? new Map<UserKey, DeviceState>() : devices;
  const so = own.get(data.user) ?? unknown;
  const become = (device: Partial<DeviceState>) => own.set(data.user, { ...so, ...device });
  switch (type) {
    case "device_added":
      return become({ added: data, lastIssued: Math.max(so.lastIssued, data.issuedAt), announced: true });
    case "device_renamed":
      return become({ added: so.added && { ...so.added, name: data.name } });
    case "device_revoked":
      return become({ added: undefined, revokedUntil: data.until });
  }
}

/**
 * Adds a device, or a newer JWT of one. One that stands in the log already, or an older one, changes nothing. Without a
 * name it keeps the one it has; a new one is called as its JWT says. Where it `renews`, the device has to be there: it is
 * the log that knows whether somebody revoked it in the meantime.
 *
 * `too_many_devices` is the answer where as many hold as may, at the second that the JWT is of, and this is none of them.
 */
export const addDevice =
  (
    said: Added,
    { name, renews = false }: { readonly name?: string | undefined; readonly renews?: boolean | undefined } = {},
  ) =>
  (devices: Devices): AccountEvent[] => {
    const device = devices.get(said.user) ?? unknown;
    const { added, revokedUntil } = device;
    if (renews && !added) throw refuse(accounts.endpoints.device, "device_unknown");
    // NATS counts whole seconds: a JWT of the second in which the device was revoked is void from the start.
    if (said.issuedAt <= revokedUntil) throw refuse(accounts.endpoints.device, "device_outdated");
    if (added && said.issuedAt < added.issuedAt) return [];
    if (!holds(device, said.issuedAt) && count(devices, (each) => holds(each, said.issuedAt)) >= most) {
      throw refuse(accounts.endpoints.device, "too_many_devices");
    }
    const next = { ...said, name: name ?? added?.name ?? said.name };
    return added && equal(added, next) ? [] : [{ type: "device_added", data: next }];
  };

/** Gives a device another name. */
export const renameDevice =
  (user: UserKey, name: string) =>
  (devices: Devices): AccountEvent[] => {
    const added = devices.get(user)?.added;
    if (!added) throw refuse(accounts.endpoints.deviceRename, "device_unknown");
    return added.name === name ? [] : [{ type: "device_renamed", data: { user, name } }];
  };

/**
 * Voids every JWT of a device up to now, and later ones that are known. It need not have been announced, nor be in the
 * list: what is to be stopped may have been made behind the owner's back, or be a JWT newer than the last revocation.
 *
 * Once more is growth: nothing that the log knows of is taken back by it, and it could go on for ever.
 *
 * `device_unknown` is the answer only where more keys that nobody ever announced were revoked than there is room for.
 * Otherwise a stolen device could fill the account's JWT until nats-server takes no further one, and could never be
 * revoked itself. Whoever holds the account key can announce a JWT of any key first, and then revoke it.
 *
 * `device_last` is the answer where it is the device that asks, `by`, which owns the account, and no other is left that
 * holds: nobody could speak for the account any more. Closing it is another command. Other roles were given by an owner.
 */
export const revokeDevice =
  (user: UserKey, now: UnixTime, by?: Pick<Caller, "user" | "role">) =>
  (devices: Devices): Decided<typeof accountEvents>[] => {
    const device = devices.get(user) ?? unknown;
    if (!device.added && device.revokedUntil >= now) return [];
    if (
      user === by?.user &&
      by.role === "owner" &&
      ![...devices].some(([other, each]) => other !== user && holds(each, now))
    ) {
      throw refuse(accounts.endpoints.revoke, "device_last");
    }
    const isNew = !device.announced && device.revokedUntil === 0;
    if (isNew && count(devices, ({ announced }) => !announced) >= mostUnannounced) {
      throw refuse(accounts.endpoints.revoke, "device_unknown");
    }
    const again = !device.added && device.revokedUntil > 0;
    return [{ ...revocation(user, device, now), ...(again && { grows: true }) }];
  };

const count = (devices: Devices, which: (device: DeviceState) => boolean): number =>
  devices
    .values()
    .filter(which)
    .reduce((found) => found + 1, 0);

const holds = ({ added }: DeviceState, now: UnixTime): boolean =>
  added !== undefined && (added.expires === undefined || Date.parse(added.expires) / 1000 > now);

/** Ends the devices of an account that is closed. What is beyond one step is cut off with the account all the same. */
export const endDevices =
  (now: UnixTime) =>
  (devices: Devices): AccountEvent[] =>
    [...devices]
      .filter(([, { added }]) => added)
      .slice(0, mostAtOnce)
      .map(([user, device]) => revocation(user, device, now));

/** A JWT may be dated later than the moment at which it is taken back. */
const revocation = (user: UserKey, { lastIssued }: DeviceState, now: UnixTime): AccountEvent => ({
  type: "device_revoked",
  data: { user, until: Math.max(now, lastIssued) },
});

const equal = (a: Added, b: Added): boolean =>
  a.name === b.name &&
  a.role === b.role &&
  a.maySign === b.maySign &&
  a.issuedAt === b.issuedAt &&
  a.expires === b.expires;
