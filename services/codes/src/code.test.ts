import { given } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { describe, expect, test } from "vitest";
import { cancelCode, claimCode, code, expireCode, issueCode } from "./code.ts";

const [alice, bob] = [createKey("account").public, createKey("account").public];
const runsOut = Date.UTC(2026, 0, 2);
const data = { issuer: alice, purpose: "enrol", expires: new Date(runsOut).toISOString() } as const;
const issued = { type: "issued", data } as const;
const claim = (hash: string) => ({ account: bob, user: createKey("user").public, claims: "a.b.c", claim: hash });
const mine = claim("hash of mine");
const claimed = { type: "claimed", data: { ...mine, issuer: alice } } as const;
const cancelled = { type: "cancelled", data: { issuer: alice } } as const;
const expired = { type: "expired", data: { issuer: alice } } as const;

describe("issuing", () => {
  test("is recorded once: an id that was ever used is never used again", () => {
    expect(given(code).when(issueCode(data))).toEqual({ recorded: [issued] });
    for (const past of [[issued], [issued, claimed], [issued, cancelled], [issued, expired]] as const)
      expect(given(code, ...past).when(issueCode(data))).toEqual({ refused: "code_used" });
  });
});

describe("claiming", () => {
  test("is won by the first", () => {
    expect(given(code, issued).when(claimCode(mine))).toEqual({ recorded: [claimed] });
    expect(given(code, issued, claimed).when(claimCode(claim("another")))).toEqual({ refused: "code_claimed" });
  });

  test("again with the same claim changes nothing", () => {
    expect(given(code, issued, claimed).when(claimCode(mine))).toEqual({ recorded: [] });
  });

  test("what was never issued, taken back, or has run out is refused alike", () => {
    for (const past of [[], [issued, cancelled], [issued, expired]] as const)
      expect(given(code, ...past).when(claimCode(mine))).toEqual({ refused: "code_unknown" });
  });
});

describe("cancelling", () => {
  test("is for the issuer alone", () => {
    expect(given(code, issued).when(cancelCode(alice))).toEqual({ recorded: [cancelled] });
    expect(given(code, issued).when(cancelCode(bob))).toEqual({ refused: "code_unknown" });
    expect(given(code).when(cancelCode(alice))).toEqual({ refused: "code_unknown" });
  });

  test("comes too late for a code that was claimed, and is nothing for one that has ended", () => {
    expect(given(code, issued, claimed).when(cancelCode(alice))).toEqual({ refused: "code_claimed" });
    expect(given(code, issued, cancelled).when(cancelCode(alice))).toEqual({ recorded: [] });
    expect(given(code, issued, expired).when(cancelCode(alice))).toEqual({ recorded: [] });
  });
});

describe("running out", () => {
  test("ends a code that nobody has claimed, at its time and not before", () => {
    expect(given(code, issued).when(expireCode(runsOut))).toEqual({ recorded: [expired] });
    expect(given(code, issued).when(expireCode(runsOut - 1))).toEqual({ recorded: [] });
  });

  test("is nothing for a code that is claimed, taken back, has run out, or never was", () => {
    for (const past of [[], [issued, claimed], [issued, cancelled], [issued, expired]] as const)
      expect(given(code, ...past).when(expireCode(runsOut))).toEqual({ recorded: [] });
  });
});
