import { expect, test } from "vitest";
import { whyNotEnforced } from "./enforcement.ts";

const well = { enforces: true, disbelievedBy: 0, refusedAccounts: 0 };

test("nothing is said while nats-server enforces what was decided, or where nobody says", () => {
  expect(whyNotEnforced([well, well])).toBeUndefined();
  expect(whyNotEnforced([])).toBeUndefined();
});

test("a signing key that a nats-server does not believe is said, and what goes on meanwhile", () => {
  expect(whyNotEnforced([well, { ...well, disbelievedBy: 1 }])).toMatchObject({
    what: "1 nats-server does not believe the operator's signing key: the key before it goes on signing",
    next: expect.stringContaining("natster operator renew"),
  });
  expect(whyNotEnforced([{ ...well, enforces: false, disbelievedBy: 3 }])?.what).toBe(
    "3 nats-servers do not believe the operator's signing key: nothing new about accounts is enforced",
  );
});

test("accounts that nats-server would not take are counted", () => {
  expect(whyNotEnforced([{ ...well, refusedAccounts: 2 }, well])?.what).toBe(
    "nats-server would not take 2 accounts as the log has them",
  );
});
