import { CatalogName, CodeId } from "@natster/contracts";
import { given } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { describe, expect, test } from "vitest";
import { cancelCode, claimCode, code, expireCode, fulfilCode, issueCode } from "./code.ts";

const [alice, bob] = [createKey("account").public, createKey("account").public];
const runsOut = Date.UTC(2026, 0, 2);
const [id, shareId] = [CodeId.parse("E7KQ2M4T"), CodeId.parse("S7KQ2M4T")];
const data = { issuer: alice, offer: { purpose: "enrol" }, expires: new Date(runsOut).toISOString() } as const;
const shared = { ...data, offer: { purpose: "share", catalog: CatalogName.parse("photos") } } as const;
const before = runsOut - 1;
const issued = { type: "issued", data } as const;
const key = "A".repeat(43);
const claim = (hash: string) => ({
  transcript: { account: bob, user: createKey("user").public, answerTo: key, claims: "a.b.c" },
  peer: key,
  hash,
});
const mine = claim("hash of mine");
const claimed = { type: "claimed", data: { ...mine, issuer: alice } } as const;
const cancelled = { type: "cancelled", data: { issuer: alice } } as const;
const expired = { type: "expired", data: { issuer: alice } } as const;

describe("issuing", () => {
  test("is recorded once: an id that was ever used is never used again", () => {
    expect(given(code).when(issueCode(id, data))).toEqual({ recorded: [issued] });
    for (const past of [[issued], [issued, claimed], [issued, cancelled], [issued, expired]] as const)
      expect(given(code, ...past).when(issueCode(id, data))).toEqual({ refused: "code_used" });
  });

  test("is under an id that says what the code is for", () => {
    expect(given(code).when(issueCode(shareId, data))).toEqual({ refused: "purpose_other" });
    expect(given(code).when(issueCode(id, shared))).toEqual({ refused: "purpose_other" });
  });
});

describe("claiming", () => {
  test("is won by the first", () => {
    expect(given(code, issued).when(claimCode(mine, before))).toEqual({ recorded: [claimed] });
    expect(given(code, issued, claimed).when(claimCode(claim("another"), before))).toEqual({ refused: "code_claimed" });
  });

  test("again with the same claim changes nothing", () => {
    expect(given(code, issued, claimed).when(claimCode(mine, before))).toEqual({ recorded: [] });
  });

  test("what was never issued, taken back, or has run out is refused alike", () => {
    for (const past of [[], [issued, cancelled], [issued, expired]] as const)
      expect(given(code, ...past).when(claimCode(mine, before))).toEqual({ refused: "code_unknown" });
  });

  test("comes too late once the code has run out, whether or not its timer has fallen due", () => {
    expect(given(code, issued).when(claimCode(mine, runsOut))).toEqual({ refused: "code_unknown" });
  });
});

describe("answering", () => {
  const open = { type: "issued", data: shared } as const;
  const answer = { claim: mine.hash, answer: "sealed" };
  const fulfilled = { type: "fulfilled", data: { issuer: alice, ...answer } } as const;

  test("is for the issuer, and for the claim that won", () => {
    expect(given(code, open, claimed).when(fulfilCode(alice, answer, before))).toEqual({ recorded: [fulfilled] });
    expect(given(code, open, claimed).when(fulfilCode(bob, answer, before))).toEqual({ refused: "code_unknown" });
    expect(given(code, open).when(fulfilCode(alice, answer, before))).toEqual({ refused: "not_claimed" });
    const other = { ...answer, claim: "another" };
    expect(given(code, open, claimed).when(fulfilCode(alice, other, before))).toEqual({ refused: "claim_other" });
  });

  test("is done once: the first answer stays", () => {
    const again = { ...answer, answer: "sealed anew" };
    const state = given(code, open, claimed, fulfilled);
    expect(state.when(fulfilCode(alice, again, before))).toEqual({ recorded: [] });
    expect(state.state.answer).toBe("sealed");
  });

  test("comes too late once the code has run out", () => {
    expect(given(code, open, claimed).when(fulfilCode(alice, answer, runsOut))).toEqual({ refused: "code_unknown" });
    expect(given(code, open, claimed, expired).when(fulfilCode(alice, answer, before))).toEqual({
      refused: "code_unknown",
    });
  });

  test("that nobody did in time ends the code, unless it is one that nobody has to answer", () => {
    expect(given(code, open, claimed).when(expireCode(runsOut))).toEqual({ recorded: [expired] });
    expect(given(code, open, claimed, fulfilled).when(expireCode(runsOut))).toEqual({ recorded: [] });
    expect(given(code, issued, claimed).when(expireCode(runsOut))).toEqual({ recorded: [] });
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
