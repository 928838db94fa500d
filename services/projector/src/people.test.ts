import { Handle } from "@natster/contracts";
import { accountEvents, handleEvents } from "@natster/contracts/accounts";
import { happened, rowsAfter } from "@natster/micro/given";
import { expect, test } from "vitest";
import { people } from "@natster/contracts/read-models";
import { alice, bob } from "./people.fixture.ts";

const [kim, lee] = [Handle.parse("kim"), Handle.parse("lee")];
const since = "2026-03-01T10:00:00.000Z";
const registered = happened(
  accountEvents,
  { account: alice },
  { type: "registered", data: { handle: kim }, time: since },
);
const renamed = happened(accountEvents, { account: alice }, { type: "renamed", data: { handle: lee, was: kim } });
const claimed = happened(handleEvents, { handle: kim }, { type: "claimed", data: { account: alice }, time: since });
const released = happened(handleEvents, { handle: kim }, { type: "released", data: { account: alice } });

test("a person is found by account and by handle", () => {
  expect(rowsAfter(people, claimed, registered)).toEqual({
    [`account.${alice}`]: { account: alice, handle: kim, since },
    "handle.kim": { account: alice, handle: kim, since },
  });
});

test("a person without a handle is found by account alone", () => {
  const nameless = happened(accountEvents, { account: bob }, { type: "registered", data: {}, time: since });
  expect(rowsAfter(people, nameless)).toEqual({ [`account.${bob}`]: { account: bob, since } });
});

test("who is renamed keeps the time since when they are here", () => {
  expect(rowsAfter(people, registered, renamed)[`account.${alice}`]).toEqual({ account: alice, handle: lee, since });
});

test("a handle that was released finds nobody, until somebody else has it", () => {
  expect(rowsAfter(people, claimed, released)).toEqual({});
  const again = happened(handleEvents, { handle: kim }, { type: "claimed", data: { account: bob } });
  expect(rowsAfter(people, claimed, released, again)["handle.kim"]).toMatchObject({ account: bob });
});

test("who is suspended or limited is still found, and who has closed the account is not", () => {
  const suspended = happened(accountEvents, { account: alice }, { type: "suspended", data: {} });
  const limited = happened(accountEvents, { account: alice }, { type: "limited", data: { limits: {} } });
  expect(rowsAfter(people, registered, suspended, limited)[`account.${alice}`]).toMatchObject({ handle: kim });
  const closed = happened(accountEvents, { account: alice }, { type: "closed", data: {} });
  expect(rowsAfter(people, registered, closed)).toEqual({});
});
