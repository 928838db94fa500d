import { expect, test } from "vitest";
import type { Library } from "./library.ts";
import { alice } from "./people.fixture.ts";
import { whoami } from "./whoami.ts";

const row = { account: alice, since: "2026-01-01T00:00:00.000Z" };

/** Somebody whose registration is in the log at this position, if it is, and rows that come as far only when asked to. */
function aNewcomer(registered: number | undefined) {
  let taken = 0;
  const people = {
    caughtUp: async (after = 0) => void (taken = Math.max(taken, after)),
    rows: { get: async () => (registered !== undefined && taken >= registered ? { row } : undefined) },
  } as unknown as Library["people"];
  const log = { newest: async () => (registered === undefined ? [] : [{ sequence: registered }]) } as never;
  return () => whoami({ people }, log)({ caller: { account: alice, administrator: false }, request: {} } as never);
}

test("somebody whom nats-server let in before their row was there is known all the same", async () => {
  await expect(aNewcomer(7)()).resolves.toEqual({ ...row, administrator: false });
});

test("an account that never registered is unknown", async () => {
  await expect(aNewcomer(undefined)()).rejects.toMatchObject({ reason: "account_unknown", code: 404 });
});
