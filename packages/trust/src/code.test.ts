import { AccountKey, UserKey } from "@natster/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { claimHash, claimMac, codeKeys, createCode, equalMacs, formatCode, parseCode } from "./code.ts";
import { createKey } from "./key.ts";

const transcript = () => ({
  account: AccountKey.parse(createKey("account").public),
  user: UserKey.parse(createKey("user").public),
  claims: "a.b.c",
});

test("a code survives being read aloud and typed", () => {
  const code = createCode("enrol");
  const typed = formatCode(code).toLowerCase().replaceAll("0", "o").replaceAll("1", "l").replaceAll("-", " ");
  expect(parseCode(typed)).toEqual(code);
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

test("both ends derive the same key from a code, and another from another", async () => {
  const code = createCode("enrol");
  const [one, same, other] = await Promise.all([codeKeys(code), codeKeys(code), codeKeys(createCode("enrol"))]);
  expect(one.gate).toEqual(same.gate);
  expect(one.gate).not.toEqual(other.gate);
});

test("a claim's MAC and hash depend on every part of it", async () => {
  const code = createCode("enrol");
  const { gate } = await codeKeys(code);
  const said = transcript();
  const mac = claimMac(gate, code, said);
  expect(equalMacs(mac, claimMac(gate, code, said))).toBe(true);
  for (const other of [
    { ...said, account: transcript().account },
    { ...said, user: transcript().user },
    { ...said, claims: "a.b.d" },
  ]) {
    expect(equalMacs(mac, claimMac(gate, code, other))).toBe(false);
    expect(claimHash(code, other)).not.toBe(claimHash(code, said));
  }
  expect(equalMacs(mac, claimMac(gate, createCode("enrol"), said))).toBe(false);
});
