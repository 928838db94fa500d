import type { Role, UserKey } from "@natster/contracts";
import { given } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { describe, expect, test } from "vitest";
import { account, close, ofDevices } from "./account.ts";
import { addDevice, renameDevice, revokeDevice } from "./devices.ts";

const [phone, laptop] = [createKey("user").public, createKey("user").public];
const now = Date.UTC(2026, 0, 1) / 1000;
const registered = { type: "registered", data: {} } as const;
const said = { user: phone, name: "phone", role: "browser", maySign: false, issuedAt: now } as const;
const added = { type: "device_added", data: said } as const;
const renewed = { type: "device_added", data: { ...said, issuedAt: now + 60 } } as const;
const named = { type: "device_renamed", data: { user: phone, name: "Ann's phone" } } as const;
const revoked = (until: number) => ({ type: "device_revoked", data: { user: phone, until } }) as const;

const add = (jwt: Parameters<typeof addDevice>[0], name?: string) => ofDevices(addDevice(jwt, { name }));
const rename = (name: string) => ofDevices(renameDevice(phone, name));
const revoke = (at: number, user = phone) => ofDevices(revokeDevice(user, at));

describe("a device", () => {
  test("is added under the name that its JWT has, or under the one that is asked for", () => {
    expect(given(account, registered).when(add(said))).toEqual({ recorded: [added] });
    expect(given(account, registered).when(add(said, "mine"))).toEqual({
      recorded: [{ type: "device_added", data: { ...said, name: "mine" } }],
    });
  });

  test("announced again by the same JWT, or by an older one, changes nothing", () => {
    expect(given(account, registered, added).when(add(said))).toEqual({ recorded: [] });
    expect(given(account, registered, renewed).when(add(said))).toEqual({ recorded: [] });
  });

  test("is renewed by a newer JWT, and keeps the name that it was given", () => {
    expect(given(account, registered, added, named).when(add({ ...said, issuedAt: now + 60 }))).toEqual({
      recorded: [{ type: "device_added", data: { ...said, name: "Ann's phone", issuedAt: now + 60 } }],
    });
  });

  test("is renewed where it is there, and one that was revoked or never announced is not", () => {
    const renew = ofDevices(addDevice({ ...said, issuedAt: now + 60 }, { renews: true }));
    expect(given(account, registered, added).when(renew)).toEqual({ recorded: [renewed] });
    expect(given(account, registered, added, revoked(now + 10)).when(renew)).toEqual({ refused: "device_unknown" });
    expect(given(account, registered).when(renew)).toEqual({ refused: "device_unknown" });
  });

  test("gets another name once", () => {
    expect(given(account, registered, added).when(rename("Ann's phone"))).toEqual({ recorded: [named] });
    expect(given(account, registered, added, named).when(rename("Ann's phone"))).toEqual({ recorded: [] });
  });

  test("that nobody announced, or that was revoked, has no name to change", () => {
    expect(given(account, registered).when(rename("x"))).toEqual({ refused: "device_unknown" });
    expect(given(account, registered, added, revoked(now)).when(rename("x"))).toEqual({ refused: "device_unknown" });
  });

  test("of an account that is not there, or no longer, is none", () => {
    for (const decide of [add(said), rename("x"), revoke(now)]) {
      expect(given(account).when(decide)).toEqual({ refused: "account_unknown" });
      expect(given(account, registered, { type: "closed", data: {} }).when(decide)).toEqual({
        refused: "account_unknown",
      });
    }
  });
});

describe("as many devices as an account may have", () => {
  const expires = new Date((now + 60) * 1000).toISOString();
  const others = Array.from({ length: 256 }, (_, at) => ({
    type: "device_added" as const,
    data: { ...said, user: createKey("user").public, ...(at === 0 && { expires }) },
  }));
  const [runsOut, another] = others.map(({ data }) => data);
  if (!runsOut || !another) throw new Error("there are none");

  test("leave room for no further one, and for every renewal", () => {
    const full = given(account, registered, ...others);
    expect(full.when(add(said))).toEqual({ refused: "too_many_devices" });
    expect(full.when(add({ ...another, issuedAt: now + 1 }))).toMatchObject({ recorded: [{}] });
  });

  test("leave room for one where another was revoked, or has run out, which does not come back then", () => {
    const less = { type: "device_revoked", data: { user: another.user, until: now } } as const;
    expect(given(account, registered, ...others, less).when(add(said))).toEqual({ recorded: [added] });
    const later = { ...said, issuedAt: now + 60 };
    expect(given(account, registered, ...others).when(add(later))).toEqual({ recorded: [renewed] });
    expect(given(account, registered, ...others, renewed).when(add({ ...runsOut, issuedAt: now + 61 }))).toEqual({
      refused: "too_many_devices",
    });
  });

  test("are counted in a map that is not copied for each of them", () => {
    const map = given(account, registered, ...others).state.devices;
    const next = { ...added, sequence: 1, time: "", actor: "", command: { name: "", id: "" } };
    expect(account.evolve({ ...account.initial, devices: map }, next).devices).toBe(map);
    expect(account.initial.devices.size).toBe(0);
  });
});

describe("revoking a device", () => {
  test("voids what it has up to this second", () => {
    expect(given(account, registered, added).when(revoke(now + 5))).toEqual({ recorded: [revoked(now + 5)] });
  });

  test("covers every JWT that was added for it, also one dated later", () => {
    expect(given(account, registered, renewed, added).when(revoke(now + 5))).toEqual({ recorded: [revoked(now + 60)] });
  });

  test("needs no announcement: what was made behind the owner's back can be stopped", () => {
    expect(given(account, registered).when(revoke(now))).toEqual({ recorded: [revoked(now)] });
  });

  test("by an owner's device itself needs another that holds: the last one stays", () => {
    const by = (user: UserKey, role: Role) => ofDevices(revokeDevice(phone, now + 100, { user, role }));
    const itself = by(phone, "owner");
    const other = { ...said, user: laptop };
    const runsOut = { ...other, expires: new Date((now + 60) * 1000).toISOString() };
    const beside = (data: typeof other) => given(account, registered, added, { type: "device_added", data });
    expect(given(account, registered, added).when(itself)).toEqual({ refused: "device_last" });
    expect(beside(runsOut).when(itself)).toEqual({ refused: "device_last" });
    expect(beside(other).when(itself)).toEqual({ recorded: [revoked(now + 100)] });
    for (const decide of [by(laptop, "owner"), by(phone, "browser"), by(phone, "server")]) {
      expect(given(account, registered, added).when(decide)).toEqual({ recorded: [revoked(now + 100)] });
    }
  });

  test("again in the same second records nothing, and later voids what was issued meanwhile", () => {
    const once = given(account, registered, added, revoked(now + 5));
    expect(once.when(revoke(now + 5))).toEqual({ recorded: [] });
    expect(once.when(revoke(now + 6))).toEqual({ recorded: [{ ...revoked(now + 6), grows: true }] });
  });

  test("lets a newer JWT in, and none that the revocation covers", () => {
    const once = given(account, registered, added, revoked(now + 5));
    expect(once.when(add({ ...said, issuedAt: now + 5 }))).toEqual({ refused: "device_outdated" });
    expect(once.when(add({ ...said, issuedAt: now + 6 }))).toEqual({
      recorded: [{ type: "device_added", data: { ...said, issuedAt: now + 6 } }],
    });
  });

  test("of ever more keys that nobody announced ends somewhere, and never for one that was", () => {
    const strangers = Array.from({ length: 256 }, () => ({
      type: "device_revoked" as const,
      data: { user: createKey("user").public, until: now },
    }));
    const full = given(account, registered, added, ...strangers);
    expect(full.when(revoke(now, laptop))).toEqual({ refused: "device_unknown" });
    expect(full.when(revoke(now, strangers[0]?.data.user))).toEqual({ recorded: [] });
    expect(full.when(revoke(now + 1, strangers[0]?.data.user))).toMatchObject({ recorded: [{ grows: true }] });
    expect(full.when(revoke(now))).toEqual({ recorded: [revoked(now)] });
  });
});

test("an account that is closed ends with its devices", () => {
  const other = { type: "device_added", data: { ...said, user: laptop } } as const;
  expect(given(account, registered, added, other, revoked(now)).when(close(undefined, now + 9))).toEqual({
    recorded: [
      { type: "device_revoked", data: { user: laptop, until: now + 9 } },
      { type: "closed", data: {} },
    ],
  });
});
