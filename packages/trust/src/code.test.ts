import { AccountKey, UserKey } from "@natster/contracts";
import type { CodePurpose } from "@natster/contracts/codes";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  canonicalClaim,
  claimHash,
  claimMac,
  codeKeys,
  codeLink,
  createCode,
  equalMacs,
  formatCode,
  parseCode,
  purposeOf,
  readCode,
} from "./code.ts";
import { createAnswerKey } from "./code-answer.ts";
import { createKey } from "./key.ts";

const purposes = ["device", "share", "enrol"] as const satisfies readonly CodePurpose[];

const transcript = async () => ({
  account: AccountKey.parse(createKey("account").public),
  user: UserKey.parse(createKey("user").public),
  answerTo: (await createAnswerKey()).public,
  claims: "a.b.c",
});

test.for(purposes)("a %s code survives being read aloud and typed", (purpose) => {
  const code = createCode(purpose);
  const typed = formatCode(code).toLowerCase().replaceAll("0", "o").replaceAll("1", "l").replaceAll("-", " ");
  expect(parseCode(typed)).toEqual(code);
  expect(purposeOf(code.id)).toBe(purpose);
});

test.for(purposes)("a %s code travels in the fragment of a link", (purpose) => {
  const code = createCode(purpose);
  const link = codeLink("https://share.example/?a=b#before", code);
  expect(readCode(`  ${link}\n`)).toEqual(code);
  expect(readCode(formatCode(code))).toEqual(code);
  expect(new URL(link).search).toBe("");
  expect(new URL(link).hash).toContain(code.id);
  expect(readCode("https://share.example/#device=abc")).toBeUndefined();
});

test("codes that are made in the same moment have nothing in common, whatever the clock and Math.random say", () => {
  vi.useFakeTimers({ now: 0 });
  const random = vi.spyOn(Math, "random").mockReturnValue(0.5);
  onTestFinished(() => {
    vi.useRealTimers();
    random.mockRestore();
  });
  const codes = Array.from({ length: 1_000 }, () => createCode("share"));
  for (const part of ["id", "secret"] as const) expect(new Set(codes.map((code) => code[part])).size).toBe(1_000);
  // Of each of the twelve places of the secret, every one of the 32 letters is seen.
  const lettersAt = (place: number) => new Set(codes.map(({ secret }) => secret[place])).size;
  expect(Array.from({ length: 12 }, (_, place) => lettersAt(place))).toEqual(Array(12).fill(32));
});

test("what is not a code is not read as one", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const code = parseCode(text);
      return code === undefined || code.id.length + code.secret.length === 20;
    }),
  );
  expect(parseCode("E2345678-ABCD-EFGH")).toBeUndefined();
  expect(parseCode("X2345678-ABCD-EFGH-JKMN")).toBeUndefined();
});

test("both ends derive the same keys from a code, none like another, and others from another code", async () => {
  const code = createCode("share");
  const [one, same, other] = await Promise.all([
    codeKeys(code),
    codeKeys(code),
    codeKeys({ ...code, id: createCode("share").id }),
  ]);
  expect(one).toEqual(same);
  const all = [one, other].flatMap((keys) => [keys.gate, keys.peer, keys.seal]);
  expect(new Set(all.map((key) => key.toString())).size).toBe(6);
  expect(all.map((key) => key.length)).toEqual([32, 32, 32, 32, 32, 32]);
});

test("a claim's MAC and hash depend on every part of it", async () => {
  const { id, ...code } = createCode("share");
  const { gate, peer } = await codeKeys({ id, ...code });
  const said = await transcript();
  const mac = claimMac(gate, id, said);
  expect(equalMacs(mac, claimMac(gate, id, said))).toBe(true);
  expect(equalMacs(mac, claimMac(peer, id, said))).toBe(false);
  const { account: _, ...deviceOnly } = said;
  const { claims: _claims, ...unclaimed } = said;
  const fresh = await transcript();
  for (const other of [
    { ...said, account: fresh.account },
    { ...said, user: fresh.user },
    { ...said, answerTo: fresh.answerTo },
    { ...said, claims: "a.b.d" },
    deviceOnly,
    unclaimed,
  ]) {
    expect(equalMacs(mac, claimMac(gate, id, other))).toBe(false);
    expect(claimHash(id, other)).not.toBe(claimHash(id, said));
  }
  const another = createCode("share").id;
  expect(equalMacs(mac, claimMac(gate, another, said))).toBe(false);
});

test("no two transcripts make the same bytes", () => {
  const text = fc.string({ minLength: 1, maxLength: 5 });
  const parts = fc.record(
    { account: text, user: text, answerTo: text, claims: text },
    { requiredKeys: ["user", "answerTo"] },
  );
  const bytes = (said: object) => canonicalClaim(createCodeId, said as never).toString();
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      expect(bytes(one) === bytes(other)).toBe(
        one.account === other.account &&
          one.user === other.user &&
          one.answerTo === other.answerTo &&
          one.claims === other.claims,
      );
    }),
  );
});

const createCodeId = createCode("share").id;
