import { UserKey } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { happened, rowsAfter } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { devices } from "@natster/contracts/read-models";
import { alice } from "./people.fixture.ts";

const user = UserKey.parse(createKey("user").public);
const key = `${alice}.${user}`;
const since = "2026-03-01T10:00:00.000Z";
const later = "2026-03-02T10:00:00.000Z";
const said = { user, name: "phone", role: "browser", maySign: true } as const;
const anEvent = (event: Parameters<typeof happened<typeof accountEvents>>[2]) =>
  happened(accountEvents, { account: alice }, event);
const added = anEvent({ type: "device_added", data: { ...said, issuedAt: 1 }, time: since });
const renewed = anEvent({ type: "device_added", data: { ...said, issuedAt: 2, expires: later }, time: later });
const named = anEvent({ type: "device_renamed", data: { user, name: "mine" } });
const revoked = anEvent({ type: "device_revoked", data: { user, until: 2 } });

test("a device has a row among its account's", () => {
  expect(rowsAfter(devices, added)).toEqual({ [key]: { ...said, since, renewed: since } });
});

test("a device that is renewed keeps the time since when it is one", () => {
  expect(rowsAfter(devices, added, renewed)).toEqual({ [key]: { ...said, since, renewed: later, expires: later } });
});

test("a device is called as it was last named", () => {
  expect(rowsAfter(devices, added, named)[key]).toMatchObject({ name: "mine" });
});

test("a device that was revoked is in no list, until it is added again", () => {
  expect(rowsAfter(devices, added, revoked)).toEqual({});
  expect(rowsAfter(devices, added, revoked, renewed)[key]).toMatchObject({ since: later });
});

test("what happens to the account itself is no device", () => {
  expect(rowsAfter(devices, anEvent({ type: "registered", data: {} }))).toEqual({});
});
