import { CodeId, UserKey } from "@natster/contracts";
import { codeEvents } from "@natster/contracts/codes";
import { happened, rowsAfter } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { codes } from "@natster/contracts/read-models";
import { alice, bob } from "./people.fixture.ts";

const code = CodeId.parse("E7KQ2M4T");
const key = `${alice}.${code}`;
const [since, later] = ["2026-03-01T10:00:00.000Z", "2026-03-01T11:00:00.000Z"];
const anEvent = (event: Parameters<typeof happened<typeof codeEvents>>[2]) => happened(codeEvents, { code }, event);
const issued = anEvent({
  type: "issued",
  data: { issuer: alice, offer: { purpose: "enrol" }, expires: "2026-03-08T10:00:00.000Z" },
  time: since,
});
const key32 = "A".repeat(43);
const claim = {
  transcript: { account: bob, user: UserKey.parse(createKey("user").public), answerTo: key32, claims: "a.b.c" },
  peer: key32,
  hash: key32,
};
const row = { code, offer: { purpose: "enrol" }, expires: "2026-03-08T10:00:00.000Z", state: "issued", since };

test("a code is listed under its issuer", () => {
  expect(rowsAfter(codes, issued)).toEqual({ [key]: row });
});

test("a code that was claimed has the claim, for its issuer to check and answer", () => {
  const claimed = anEvent({ type: "claimed", data: { issuer: alice, ...claim }, time: later });
  expect(rowsAfter(codes, issued, claimed)).toEqual({
    [key]: { ...row, state: "claimed", claim, since: later },
  });
});

test("a code that was answered says so, and keeps the answer to the claimant", () => {
  const claimed = anEvent({ type: "claimed", data: { issuer: alice, ...claim }, time: since });
  const answer = { issuer: alice, claim: claim.hash, answer: "A".repeat(64) };
  expect(rowsAfter(codes, issued, claimed, anEvent({ type: "fulfilled", data: answer, time: later }))).toEqual({
    [key]: { ...row, state: "fulfilled", claim, since: later },
  });
});

test.for(["cancelled", "expired"] as const)("a code that was %s says so", (type) => {
  const ended = anEvent({ type, data: { issuer: alice }, time: later });
  expect(rowsAfter(codes, issued, ended)).toEqual({ [key]: { ...row, state: type, since: later } });
});
