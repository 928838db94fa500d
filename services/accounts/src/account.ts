/** An account: whether it exists, what it is called, and how it stands. */
import type { CodeId, EventOf, Handle, UnixTime } from "@natster/contracts";
import { accountEvents, accounts, leastLimits } from "@natster/contracts/accounts";
import { kitRefusal, refuse } from "@natster/micro";
import { type Decided, defineAggregate } from "@natster/micro/aggregate";
import { type Devices, endDevices, evolveDevices, noDevices } from "./devices.ts";

export interface Account {
  readonly status: "unknown" | "open" | "suspended" | "closed";
  /** Why it is suspended. */
  readonly reason?: string | undefined;
  readonly handle: Handle | undefined;
  readonly limits: Limits | undefined;
  readonly devices: typeof noDevices;
}

type AccountEvent = EventOf<typeof accountEvents>;
type Limits = Extract<AccountEvent, { type: "limited" }>["data"]["limits"];

const initial: Account = { status: "unknown", handle: undefined, limits: undefined, devices: noDevices };

export const account = defineAggregate({
  events: accountEvents,
  initial,
  evolve: (state, event): Account => {
    const { type, data } = event;
    switch (type) {
      case "registered":
        return { ...state, status: "open", handle: data.handle };
      case "renamed":
        return { ...state, handle: data.handle };
      case "limited":
        return { ...state, limits: data.limits };
      case "suspended":
        return { ...state, status: "suspended", reason: data.reason };
      case "resumed":
        return { ...state, status: "open" };
      case "closed":
        return { ...state, status: "closed", handle: undefined };
      case "device_added":
      case "device_renamed":
      case "device_revoked":
        return { ...state, devices: evolveDevices(state.devices, event) };
    }
  },
});

/** Admits an account that nobody has admitted meanwhile. One that was closed stays closed. */
export const admit =
  (handle: Handle | undefined, code: CodeId | undefined) =>
  (state: Account): AccountEvent[] => {
    if (state.status === "closed") throw refuse(accounts.endpoints.register, "account_closed");
    if (state.status !== "unknown") throw kitRefusal("conflict");
    return [{ type: "registered", data: { ...(handle && { handle }), ...(code && { code }) } }];
  };

/** Gives an account another handle than the one it was seen with. */
export const rename =
  (handle: Handle, was: Handle | undefined) =>
  (state: Account): AccountEvent[] => {
    known(state);
    if (state.handle === handle) return [];
    // The old handle is freed in the same step, so it must be the one that the account still has.
    if (state.handle !== was) throw kitRefusal("conflict");
    return [{ type: "renamed", data: { handle, ...(was && { was }) } }];
  };

/** Gives an account other limits, with which it can still be used: to let nobody in, it is suspended. */
export const limit =
  (limits: Limits) =>
  (state: Account): AccountEvent[] => {
    known(state);
    if (lockingOut.some((each) => isLess(limits[each], leastLimits[each]))) {
      throw refuse(accounts.endpoints.limit, "limits_too_low");
    }
    return JSON.stringify(state.limits) === JSON.stringify(limits) ? [] : [{ type: "limited", data: { limits } }];
  };

/** The limits by which somebody can be kept out. */
const lockingOut = ["conn", "subs", "payload"] as const;
const isLess = (limit: number | undefined, least: number): boolean =>
  limit !== undefined && limit !== -1 && limit < least;

/** Whether limits say anything by which an account could be kept out. */
export const couldLockOut = (limits: Limits): boolean => lockingOut.some((each) => limits[each] !== undefined);

/** Lets nobody in until it is resumed. */
export const suspend =
  (reason: string | undefined) =>
  (state: Account): AccountEvent[] => {
    known(state);
    return state.status === "suspended" ? [] : [{ type: "suspended", data: { ...(reason && { reason }) } }];
  };

/** Lets its devices in again. */
export const resume = (state: Account): AccountEvent[] => {
  known(state);
  return state.status === "suspended" ? [{ type: "resumed", data: {} }] : [];
};

/**
 * Closes it for good, with its devices; its handle is freed in the same step, so it must be the one that the account
 * still has.
 */
export const close =
  (handle: Handle | undefined, now: UnixTime) =>
  (state: Account): AccountEvent[] => {
    if (state.status === "unknown") throw refuse(accounts.endpoints.close, "account_unknown");
    if (state.status === "closed") return [];
    if (state.handle !== handle) throw kitRefusal("conflict");
    return [...endDevices(now)(state.devices), { type: "closed", data: {} }];
  };

/** A decision about the devices of an account that is there. */
export const ofDevices =
  (decide: (devices: Devices) => Decided<typeof accountEvents>[]) =>
  (state: Account): Decided<typeof accountEvents>[] => {
    known(state);
    return decide(state.devices);
  };

/** Nothing can be done with an account that is not there, or no longer. */
function known(state: Account): void {
  if (state.status === "unknown" || state.status === "closed") {
    throw refuse(accounts.endpoints.rename, "account_unknown");
  }
}
